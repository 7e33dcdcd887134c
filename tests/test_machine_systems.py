"""Which systems a tab's label names, and what a page's ways are on each of them."""

from __future__ import annotations

import pytest
from harness.machine import systems
from harness.page.block import Block
from harness.page.scenario import Scenario, TabSet, scenarios


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("Linux", "Linux"),
        ("Linux and macOS", "Linux macOS"),
        ("Linux/Mac", "Linux macOS"),
        ("macOS (Homebrew)", "macOS"),
        ("Mac OS X", "macOS"),
        ("Windows (Git Bash)", "Windows"),
        ("Windows 11, PowerShell", "Windows"),
        ("Git Bash (Windows)", "Windows"),
        ("Windows (WSL, Ubuntu)", "Windows"),
        ("PowerShell", "Windows"),
        ("cmd.exe", "Windows"),
        ("PowerShell on Linux", "Linux"),
        ("Debian and Ubuntu", "Debian Ubuntu"),
        ("Linux (Debian)", "Debian"),
        ("Linux (x86-64)", "Linux"),
        ("Arch Linux", "Arch"),
        ("Fedora, RHEL", "Fedora RHEL"),
        ("macOS and Ubuntu", "Ubuntu macOS"),
        ("uv on Windows", "Windows"),
        ("uv", ""),
        ("bash", ""),
        ("pyproject.toml", ""),
        ("Windowsill", ""),
    ],
)
def test_a_label_names_the_systems_that_a_reader_finds_in_it(label: str, names: str) -> None:
    assert " ".join(sorted(systems.named(label))) == names


@pytest.mark.parametrize(
    ("label", "fits"),
    [
        ("Linux", True),
        ("Debian and Ubuntu", True),
        ("Linux (Fedora)", False),
        ("macOS", False),
        ("Windows (WSL, Ubuntu)", False),
    ],
)
def test_a_distribution_is_only_that_machine(label: str, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "SYSTEM", "Linux")
    monkeypatch.setattr(systems, "_distributions", lambda: frozenset({"Ubuntu", "Debian"}))
    assert systems.here(systems.named(label)) is fits


def ways(*labels: str) -> list[Scenario]:
    """The ways through a page with one set of tabs, each with a block, and a block below."""
    blocks = [Block("docs/x.md", 10 * n, 10 * n + 2, 0, "bash", "true\n", tabs=(x,)) for n, x in enumerate(labels, 1)]
    last = Block("docs/x.md", 100, 102, 0, "bash", "true\n")
    return scenarios("docs/x.md", [*blocks, last], [TabSet(labels, (), 0, len(labels))])


@pytest.mark.parametrize(
    ("system", "labels", "found"),
    [
        ("Linux", ("Linux", "Windows (PowerShell)", "Windows (cmd)"), [""]),
        ("Windows", ("Linux", "Windows (PowerShell)", "Windows (cmd)"), ["Windows (PowerShell)", "Windows (cmd)"]),
        ("Linux", ("Linux (pipx)", "Linux (uv)", "macOS"), ["Linux (pipx)", "Linux (uv)"]),
        ("macOS", ("Linux (pipx)", "Linux (uv)", "macOS"), [""]),
        ("Linux", ("uv", "pip on Windows"), ["uv", "pip on Windows"]),
    ],
)  # fmt: skip
def test_a_set_of_systems_branches_where_several_of_its_tabs_fit(
    system: str, labels: tuple[str, ...], found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "SYSTEM", system)
    assert [way.label for way in ways(*labels)] == found


def test_a_way_on_another_system_is_not_gone_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "SYSTEM", "Linux")
    assert [way.unfit for way in ways("uv", "pip on Windows")] == ["", "Windows"]
