"""The locks: every tool has one, every pin has its hashes, no line names a host, and each line of a source says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.machine.toolchain import COMMANDS, Toolchain
from harness.page.page import Page
from harness.project import Project
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = Path(__file__).parent / "locks"
SOURCES = sorted(LOCKS.glob("*.in"))
# a tool with its version in a file that the reader keeps: an image's tag, a pin
NAMED_IN_FILES = re.compile(rf"(?<![\w-])({'|'.join(COMMANDS)})(?:==|:)(\d+(?:\.\d+)+)")


def pins(name: str) -> list[Requirement]:
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    joined = re.sub(r" \\\n\s+--hash=sha256:[0-9a-f]{64}", "", text)
    return [Requirement(line) for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


def wanted(source: Path) -> list[Requirement]:
    lines = (re.sub(r"(^|\s+)#.*", "", line) for line in source.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("-c ")]


def test_the_harness_and_every_tool_have_a_source_and_a_lock() -> None:
    expected = {"harness", "checks", *COMMANDS}
    assert {source.stem for source in SOURCES} == expected
    assert {lock.stem for lock in LOCKS.glob("*.txt")} == expected


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_line_of_a_source_says_why(source: Path) -> None:
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        assert not line or re.search(r"# \S+( \S+)+|^# \S", line), f"{source.name}:{number}: {line!r} has no reason"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_lock_pins_what_its_source_asks_for(source: Path) -> None:
    locked = {canonicalize_name(pin.name): pin for pin in pins(source.stem)}
    for requirement in wanted(source):
        pin = locked[canonicalize_name(requirement.name)]
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"{source.stem}.txt: {pin} for {requirement}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_pin_is_exact_and_has_hashes(source: Path) -> None:
    lines = source.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line and not line.lstrip().startswith(("#", "--hash=sha256:")):
            assert re.match(r"[a-z0-9][a-z0-9.-]*==[^ ]+( ; .+)? \\$", line), line
            assert lines[number + 1].startswith("    --hash=sha256:"), line


@pytest.mark.parametrize("path", sorted(LOCKS.iterdir()), ids=lambda path: path.name)
def test_no_lock_names_a_host_or_an_index(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_what_checks_the_project_fits_into_the_environment_of_what_runs_the_pages() -> None:
    versions = {pin.name: pin.specifier for pin in pins("harness") if pin.marker is None}
    shared = {pin.name: pin.specifier for pin in pins("checks") if pin.name in versions}
    assert shared == {name: versions[name] for name in shared}
    assert {"mkdocs", "packaging", "pyyaml"} & shared.keys()


def test_the_toolchain_reports_the_locks_as_they_are(project: Project) -> None:
    import hashlib

    from harness.machine.toolchain import Toolchain

    for name, digest in Toolchain(project).locks.items():
        assert digest == hashlib.sha256((project.root / name).read_bytes()).hexdigest()


def test_a_tools_version_in_a_dockerfile_or_ci_file_of_a_page_is_the_locks(
    project: Project, read: Callable[[str], Page]
) -> None:
    seen, wrong = 0, []
    for path in sorted(project.docs.rglob("*.md")):
        for block in read(path.relative_to(project.docs).as_posix()).blocks:
            if block.language not in ("dockerfile", "yaml"):
                continue
            for name, version in NAMED_IN_FILES.findall(block.text):
                seen += 1
                if version != (lock := Toolchain(project).version(name)):
                    wrong.append(f"{block.where}: {name} {version}; the lock has {lock}: write that, run `make update`")
    assert seen and not wrong, "\n".join(wrong)
