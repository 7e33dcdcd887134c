"""Transcripts: what really happened, command by command, bounded, and kept while something names it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from harness.page.markup import Markup
from harness.page.outcome import Ran
from harness.project import Project
from harness.run.transcripts import LIMIT, Transcripts
from madeup import guide, outcomes, read


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    return guide(tmp_path)


def test_a_transcript_holds_what_happened_and_counts_what_is_too_much(folder: Project, markup: Markup) -> None:
    run = read(folder, markup)
    found = outcomes(run)
    found[0].commands = [
        Ran("seq 3", 0, "1\n2\n3\n", 0.25),
        Ran("yes ä", 141, "ä\n" * LIMIT, 1.0),
        Ran("pip install x", 1, "\x1b[31mERROR\x1b[0m: no\x07\n10%\r100%\n", 0.5),
    ]
    transcripts = Transcripts(folder.work / "transcripts")

    digest = transcripts.keep(run, found)

    text = transcripts.place(digest).read_bytes()
    assert hashlib.sha256(text).hexdigest() == digest
    data = json.loads(text)
    assert (data["page"], data["scenario"], data["python"]) == ("docs/x.md", "uv", "3.13")
    assert [block["index"] for block in data["blocks"]] == [0, 1, 2]
    first, long, coded = data["blocks"][0]["commands"]
    assert first == {"text": "seq 3", "status": 0, "seconds": 0.25, "output": "1\n2\n3\n", "left_out": 0}
    assert len(long["output"].encode()) <= LIMIT < len(long["output"].encode()) + 4
    assert len(long["output"].encode()) + long["left_out"] == 3 * LIMIT
    assert coded["output"] == "ERROR: no^G\n100%\n"


def test_transcripts_that_nothing_uses_go_after_a_while(folder: Project, markup: Markup) -> None:
    run = read(folder, markup)
    transcripts = Transcripts(folder.work / "transcripts")
    used, old, new = (transcripts.keep(run, outcomes(run, kind)) for kind in ("ran", "written", "compared"))
    for digest in (used, old):
        os.utime(transcripts.place(digest), (1, 1))

    transcripts.forget({used})

    assert sorted(path.stem for path in transcripts.folder.iterdir()) == sorted([used, new])
