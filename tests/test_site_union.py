"""Records as one: shards, systems and Pythons add up, and nothing that one says hides what another one says."""

from __future__ import annotations

from typing import Any

import pytest
from proof.union import contradictions, family, joined, run_id

LINUX = "Debian GNU/Linux 12, Linux 6.18, x86_64"
MAC = "macOS 15.1, Darwin 24.1, arm64"


def record(system: str = LINUX, made: str = "2026-11-26T10:00:00Z", **pages: dict[str, str]) -> dict[str, Any]:
    """A record of pages by name, each with its outcomes: ``"0 uv 3.13": "compared"`` is block 0 under uv."""
    conditions = {"world": "2026-11-20", "system": system, "isolation": "", "tools": {}, "pythons": {}, "locks": {}}
    run = run_id(conditions)
    blocks = []
    for page, outcomes in pages.items():
        for key, outcome in outcomes.items():
            index, scenario, python = key.split(" ")
            blocks.append(
                {"page": page, "index": int(index), "scenario": scenario, "python": python, "run": run}
                | {"outcome": outcome, "reason": "no" * (outcome == "failed"), "digest": f"text {index}"}
            )
    made_with = {"run": run, "made": made, "seconds": 1.0, "front": {}, "files": {}}
    return {
        "format": 2,
        "made": made,
        "runs": {run: {"made": made, **conditions}},
        "pages": {page: [made_with] for page in pages},
        "blocks": blocks,
    }


def outcomes(found: dict[str, Any], page: str = "a") -> list[str]:
    return [block["outcome"] for block in found["blocks"] if block["page"] == page]


def test_shards_of_one_run_add_up_to_the_whole() -> None:
    one, two = record(a={"0 uv 3.13": "compared", "1 uv 3.13": "ran"}), record(b={"0 uv 3.13": "written"})
    whole = record(a={"0 uv 3.13": "compared", "1 uv 3.13": "ran"}, b={"0 uv 3.13": "written"})
    assert joined([one, two]) == joined([two, one]) == joined([whole]) == whole


def test_joining_a_record_with_itself_changes_nothing() -> None:
    one = record(a={"0 uv 3.13": "compared", "0 pip 3.13": "failed"})
    assert joined([one, one]) == joined([one])


def test_two_systems_stand_beside_each_other() -> None:
    one, other = record(a={"0 - 3.13": "compared"}), record(MAC, a={"0 - 3.13": "not run"})
    found = joined([one, other])
    assert len(found["runs"]) == len(found["pages"]["a"]) == 2
    assert sorted(outcomes(found)) == ["compared", "not run"]
    assert contradictions(found) == []


def test_what_two_machines_say_under_equal_conditions_is_kept_where_they_differ() -> None:
    one = record(a={"0 - 3.13": "compared", "1 - 3.13": "ran"})
    other = record(made="2026-11-26T11:00:00Z", a={"0 - 3.13": "failed", "1 - 3.13": "ran"})
    for found in (joined([one, other]), joined([other, one])):
        assert sorted(outcomes(found)) == ["compared", "failed", "ran"]
        ((good, bad),) = contradictions(found)
        assert (good["outcome"], bad["outcome"], bad["index"]) == ("compared", "failed", 0)
        assert found["made"] == "2026-11-26T11:00:00Z"


def test_of_a_page_that_changed_in_between_the_later_run_counts() -> None:
    one, other = record(a={"0 - 3.13": "failed"}), record(made="2026-11-26T11:00:00Z", a={"0 - 3.13": "ran"})
    other["blocks"][0]["digest"] = "another text"
    for found in (joined([one, other]), joined([other, one])):
        assert outcomes(found) == ["ran"]
        assert contradictions(found) == []


def test_two_systems_that_disagree_contradict_each_other_on_the_same_python_only() -> None:
    one = record(a={"0 - 3.13": "compared", "1 - 3.12": "ran"})
    found = joined([one, record(MAC, a={"0 - 3.13": "failed", "1 - 3.13": "failed"})])
    assert [(good["index"], good["outcome"]) for good, _ in contradictions(found)] == [(0, "compared")]


@pytest.mark.parametrize(
    ("system", "name"),
    [
        (LINUX, "Linux"),
        (MAC, "macOS"),
        ("Windows-2025Server-10.0.26100-SP0, Windows 2025Server, AMD64", "Windows"),
        ("Linux", "Linux"),
        ("macOS", "macOS"),
    ],
)
def test_a_system_belongs_to_a_family(system: str, name: str) -> None:
    assert family(system) == name


@pytest.mark.parametrize("damaged", [{}, {"runs": {}}, {"runs": {}, "pages": {"a": [{}]}, "blocks": []}, []])
def test_what_is_no_record_is_refused(damaged: Any) -> None:
    with pytest.raises((KeyError, TypeError)):
        joined([damaged])
