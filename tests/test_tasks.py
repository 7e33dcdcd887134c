"""The same task in every tool: each task has one answer by each tool, so that the comparison has no empty cell."""

from __future__ import annotations

from collections import Counter

import pytest
from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.project import Project

TOOLS = ("uv", "Poetry", "PDM", "Hatch", "Pipenv", "pip-tools", "pip")


@pytest.fixture(scope="module")
def answers(project: Project) -> dict[str, list[tuple[str, str]]]:
    """Task -> (tool, page:line) of each block that answers it."""
    markup = Markup(*project.markdown)
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((project.docs / "tasks").glob("*.md")):
        for block in read_page(project, path, markup).blocks:
            if task := block.attributes.get("data-task"):
                found.setdefault(task, []).append((block.tabs[0] if block.tabs else "", block.where))
    return found


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
