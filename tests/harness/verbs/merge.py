"""``make merge RECORDS="a b"``: joins records of shards, systems and Pythons, with their transcripts, into this one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from proof.contract import FORMAT, current
from proof.union import contradictions, joined

from harness.problem import Problem
from harness.project import Project
from harness.run.record import read_json, write_json


def merge(project: Project, places: Sequence[str]) -> None:
    """Join the records at ``places``, files or folders with a record.json, into the work folder's, which stays in it.

    Raises Problem, with nothing written, where one isn't a record or lacks a transcript that it names.
    """
    target = project.work / "record.json"
    paths = [Path(place) / "record.json" if Path(place).is_dir() else Path(place) for place in places]
    records = [_record(path) for path in paths]
    if target.exists() and target.resolve() not in [path.resolve() for path in paths]:
        records.insert(0, _record(target))
        paths.insert(0, target)
    found = joined(records)
    transcripts = _transcripts(paths, found)
    for source in transcripts:
        place = project.work / "transcripts" / source.name
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
    write_json(target, found)
    print(f"{len(paths)} records joined: {len(found['pages'])} pages, {len(found['blocks'])} outcomes of ", end="")
    print(", ".join(sorted({run["system"] for run in found["runs"].values()})))
    for good, bad in contradictions(found):
        where = f"{good['page']}, block {good['index'] + 1}"
        systems = [found["runs"][block["run"]]["system"] for block in (good, bad)]
        print(f"contradiction: {where}: {good['outcome']} on {systems[0]}, failed on {systems[1]}")


def _record(path: Path) -> dict[str, object]:
    data = read_json(path)
    if not current(data):
        raise Problem(str(path), "no record that can be read", f"a record.json of format {FORMAT}", "make pages")
    try:
        joined([data])
    except (KeyError, TypeError) as error:
        raise Problem(str(path), f"a damaged record ({error})", f"one of format {FORMAT}", "make pages") from None
    return data


def _transcripts(paths: Sequence[Path], found: dict[str, list[dict[str, str]]]) -> list[Path]:
    """Where the transcripts lie that the joined record names, beside the record that has each."""
    sources = []
    for digest in sorted({block.get("transcript", "") for block in found["blocks"]} - {""}):
        beside = [path.parent / "transcripts" / f"{digest}.json" for path in paths]
        there = next((path for path in beside if path.is_file()), None)
        if there is None:
            expected = "the folder transcripts beside the record that names it"
            raise Problem("make merge", f"no transcript {digest[:16]}", expected, "copy that folder along")
        sources.append(there)
    return sources
