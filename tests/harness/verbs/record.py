"""``make record`` commits what the last run recorded, to files below tests/record; ``make recorded`` checks them."""

from __future__ import annotations

import sys

from harness.kinds.table import read_page
from harness.page.markup import Markup
from harness.page.page import Page
from harness.project import Project
from harness.run import committed


def pages(project: Project) -> dict[str, Page]:
    """All pages with blocks, by name. Raises Problem for one that can't be read."""
    markup = Markup(*project.markdown)
    found = [read_page(project, path, markup) for path in project.pages([])]
    return {page.name: page for page in found if page.blocks}


def record(project: Project) -> None:
    """Write the committed record. Raises Problem where the last run isn't one to commit."""
    changed = committed.write(project, pages(project))
    print("\n".join(changed) if changed else "make record: the committed record is what ran")


def check(project: Project) -> int:
    """Hold the committed record against what just ran; the exit status."""
    problems = committed.against(project, pages(project))
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("the committed record fits what ran")
    return 1 if problems else 0
