"""The same task in every tool: one answer by each tool to each task, and a line for each in every table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from harness.page.page import Page
from harness.project import Project
from proof.answers import TOOLS
from site_sample import words

SHEETS = {tool: f"{tool.lower()}/cheat-sheet" for tool in TOOLS}


@pytest.fixture(scope="module")
def answers(project: Project, read: Callable[[str], Page]) -> dict[str, list[tuple[str, str]]]:
    """Task -> (tool, page:line) of each block that answers it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((project.docs / "tasks").glob("*.md")):
        for block in read(f"tasks/{path.name}").blocks:
            if task := block.attributes.get("data-task"):
                found.setdefault(task, []).append((block.tabs[0] if block.tabs else "", block.where))
    return found


def html_of(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_every_tool_answers_every_task_once(answers: dict[str, list[tuple[str, str]]]) -> None:
    wrong = []
    for task, blocks in answers.items():
        counts = Counter(tool for tool, _ in blocks)
        for tool in {*TOOLS, *counts}:
            if counts[tool] != (tool in TOOLS):
                where = ", ".join(where for by, where in blocks if by == tool) or blocks[0][1]
                wrong.append(f"{where}: {task} has {counts[tool]} answers by {tool!r}; expected {int(tool in TOOLS)}")
    assert not wrong, "\n".join(wrong)


def test_there_are_at_least_twenty_tasks(answers: dict[str, list[tuple[str, str]]]) -> None:
    assert len(answers) >= 20


def test_every_task_opens_with_a_line_for_each_tool(answers: dict[str, list[tuple[str, str]]], site: Path) -> None:
    pages = {blocks[0][1].removeprefix("docs/").partition(".md")[0] for blocks in answers.values()}
    found = {}
    for name in sorted(pages):
        for table in html_of(site, name).select("table.tasks"):
            rows = table.select("tbody tr")
            first = str(rows[0].select("a")[0]["href"]).removeprefix("#").removesuffix("-uv")
            found[first] = [words(row.select("th")[0]) for row in rows]
            assert not table.find_parent("details") and not table.find_parent(class_="tabbed-set")
            assert all(row.select(".task-commands code") for row in rows), first
    assert found == {task: list(TOOLS) for task in answers}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_cheat_sheet_has_every_task(tool: str, answers: dict[str, list[tuple[str, str]]], site: Path) -> None:
    lines = html_of(site, SHEETS[tool]).select("table.tasks tbody tr")
    blocks = [str(line.select("a")[0]["href"]).partition("#")[2] for line in lines]
    assert sorted(blocks) == sorted(f"{task}-{tool.lower()}" for task in answers)
    assert all(line.select(".task-commands code") for line in lines)
