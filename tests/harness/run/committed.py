"""The committed record: what the last green run recorded, one file a page, so that a fresh clone opens proven.

A file holds what stays the same from run to run and from machine to machine; ``proof.union.expanded`` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from proof.contract import FORMAT, GREEN, committed_files, current
from proof.union import Part, family

from harness import once
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project
from harness.run import shards
from harness.run.record import read_json, read_parts

RUN = ("world", "tools", "pythons", "locks")  # of a run's conditions
BLOCK = ("index", "language", "scenario", "python", "outcome", "digest")
WORDS = {"world": "the world's days", "tools": "the tools' versions", "locks": "the locks"}
Runs = Mapping[str, Mapping[str, Any]]
Parts = Mapping[tuple[str, str], Part]


def place(project: Project, page: str) -> Path:
    """The committed file of a page: ``tests/record/docs/pip/install.md.json``."""
    return project.root / "tests" / "record" / f"{page}.json"


def reduced(page: str, runs: Runs, parts: Parts) -> dict[str, Any]:
    """The committed form of what the newest run of each system family says of ``page``."""
    newest: dict[str, tuple[Mapping[str, Any], Part]] = {}
    for (name, run), part in sorted(parts.items(), key=lambda one: str(one[1].made_with["made"])):
        if name == page:
            newest[family(runs[run]["system"])] = runs[run], part
    _, latest = max(newest.values(), key=lambda one: str(one[1].made_with["made"]))
    found = {system: one for system, one in sorted(newest.items()) if one[1].page == latest.page}
    blocks = [
        {name: block[name] for name in BLOCK} | {"run": system} | ({"reason": why} if (why := block["reason"]) else {})
        for system, (_, part) in found.items()
        for block in part.blocks
    ]
    return {
        "format": FORMAT,
        "page": page,
        "front": latest.made_with["front"],
        "files": latest.made_with["files"],
        "runs": {
            system: {
                "made": part.made_with["made"][:10],
                **{name: run[name] for name in RUN},
                **({"facts": facts} if (facts := part.made_with.get("facts")) else {}),
            }
            for system, (run, part) in found.items()
        },
        "blocks": sorted(blocks, key=lambda b: (b["index"], b["scenario"], b["python"], b["run"])),
    }


def text(data: Mapping[str, Any]) -> str:
    """The file's text: a line a block, so that changes of different blocks merge."""
    blocks = ",\n".join("  " + json.dumps(block, ensure_ascii=False) for block in data["blocks"])
    head = json.dumps({**data, "blocks": []}, indent=1, ensure_ascii=False)
    return head.removesuffix("[]\n}") + f"[\n{blocks}\n ]\n}}\n"


def differences(committed: Any, now: Mapping[str, Any]) -> list[str]:
    """What stands against ``committed`` as the record of a page of which ``now`` is true.

    The day it was made, Pythons beyond those that a block names, and what a need is there, differ from machine to
    machine; what one of the two didn't run contradicts nothing.
    """
    if not current(committed):
        return ["nothing is committed"]
    try:
        return list(_differences(committed, now))
    except (KeyError, TypeError, AttributeError):
        return ["the file is damaged"]


def _differences(committed: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name, words in {"front": "the page's settings", "files": "the recipe's files"}.items():
        if committed[name] != now[name]:
            yield f"{words} are others"
    for system, run in now["runs"].items():
        theirs = committed["runs"].get(system)
        if theirs is None:
            continue  # made on another system
        for name, words in WORDS.items():
            if theirs[name] != run[name]:
                yield f"{words} differ"
        before, after = _outcomes(committed, system), _outcomes(now, system)
        for key in sorted({*before, *after}):
            old, new = before.get(key), after.get(key)
            if old is None or new is None or not (old == new or _missed(old, new)):
                yield f"block {key[0] + 1}{f' ({key[1]})' if key[1] else ''} on Python {key[2]}: {_said(old, new)}"


def _outcomes(data: Mapping[str, Any], system: str) -> dict[tuple[int, str, str], tuple[str, str]]:
    blocks = [block for block in data["blocks"] if block["run"] == system]
    return {(b["index"], b["scenario"], b["python"]): (b["digest"], b["outcome"]) for b in blocks}


def _missed(old: tuple[str, str], new: tuple[str, str]) -> bool:
    return old[0] == new[0] and "not run" in (old[1], new[1])


def _said(old: tuple[str, str] | None, new: tuple[str, str] | None) -> str:
    if old is None or new is None:
        return "it isn't committed" if old is None else "it is gone from the page"
    return "its text changed" if old[0] != new[0] else f"{old[1]} was committed, {new[1]} is true"


def green(part: Part) -> bool:
    return all(block["outcome"] in (*GREEN, "not run") for block in part.blocks)


def _current(part: Part, page: Page) -> bool:
    """Whether what ran is the page as it is now."""
    texts = {block["index"]: block["digest"] for block in part.blocks}
    return texts == {number: block.digest for number, block in enumerate(page.blocks)}


def write(project: Project, pages: Mapping[str, Page]) -> list[str]:
    """Commit the local record to files and name those that changed; ``pages`` are all of the guide.

    Pages that the local record doesn't know keep theirs, pages that are gone lose it. Raises Problem, with nothing
    written, where a page's last run was red or is older than the page.
    """
    runs, parts = read_parts(project.work / "record.json")
    names = sorted({page for page, _ in parts} & set(pages))
    new: dict[Path, str] = {}
    for name in names:
        data = reduced(name, runs, parts)
        if not all(green(part) for (page, _), part in parts.items() if page == name):
            raise Problem(name, "a last run that isn't green", "a green one", f"make page PAGE={name}")
        if not all(_current(part, pages[name]) for (page, _), part in parts.items() if page == name):
            raise Problem(name, "a page that changed since it last ran", "its run", f"make page PAGE={name}")
        path = place(project, name)
        if differences(read_json(path), data):
            new[path] = text(data)
    if not names:
        raise Problem("make record", "no page in .work/record.json", "a run to record", "make test")
    gone = [path for path in committed_files(project.root) if path not in {place(project, page) for page in pages}]
    for path in gone:
        path.unlink()
    for path, content in new.items():
        once.write(path, content.encode())
    seconds: dict[str, float] = {}
    for (name, _), part in parts.items():
        seconds[name] = max(seconds.get(name, 0.0), part.made_with["seconds"])
    shards.note(project, seconds, pages)
    return [project.relative(path) for path in sorted([*new, *gone])]


def against(project: Project, pages: Mapping[str, Page]) -> list[Problem]:
    """Where a committed file doesn't fit what ran of the pages as they are; red pages are the run's own business."""
    runs, parts = read_parts(project.work / "record.json")
    problems = []
    for (name, run), part in parts.items():
        if name not in pages or not green(part) or not _current(part, pages[name]):
            continue
        path = place(project, name)
        found = differences(read_json(path), reduced(name, runs, {(name, run): part}))
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            said = "; ".join(found[:3]) + more
            todo = "make record, and commit what it wrote"
            problems.append(Problem(project.relative(path), said, "what just ran", todo))
    for path in committed_files(project.root):
        if path not in {place(project, page) for page in pages}:
            problems.append(Problem(project.relative(path), "a record of no page", "a page of docs/", "make record"))
    return problems
