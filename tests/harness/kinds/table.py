"""The kinds of blocks, in the order in which they are asked; a new kind is one module and one entry here."""

from __future__ import annotations

from pathlib import Path

from harness.kinds import attributes, jobs, masks, shown, tasks, tools
from harness.kinds.console import CONSOLE
from harness.kinds.data import DATA
from harness.kinds.diff import DIFF
from harness.kinds.file import FILE
from harness.kinds.kind import Finding, Kind
from harness.kinds.listing import LISTING
from harness.kinds.python import PYTHON
from harness.kinds.script import SCRIPT
from harness.kinds.steps import Steps
from harness.kinds.terminal import TERMINAL
from harness.kinds.windows import WINDOWS
from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.page import Page
from harness.problem import Problem
from harness.project import Project

KINDS: tuple[Kind, ...] = (TERMINAL, CONSOLE, LISTING, DIFF, FILE, SCRIPT, PYTHON, WINDOWS, DATA)
LANGUAGES = sorted(set().union(*(kind.languages for kind in KINDS)))
ATTRIBUTES = {
    one.name: one.words
    for one in sorted({*attributes.SHARED, *(a for k in KINDS for a in k.attributes)}, key=lambda one: one.name)
}


def read_page(project: Project, path: Path, markup: Markup) -> Page:
    """The page of a file, with every block checked.

    Raises Problem with ``page:line`` for everything that can't be run as it stands.
    """
    page = Page.read(project, path, markup)
    for block in page.blocks:
        check(block)
    tools.check(page)
    tasks.check(page)
    shown.check(page, markup)
    return page


def kind_of(block: Block) -> Kind:
    """The first kind that matches. Raises Problem for a block that nothing checks."""
    for kind in KINDS:
        if kind.matches(block):
            return kind
    raise Problem(
        block.where,
        f"a {block.language} block that nothing checks",
        "a title (it is written), data-listing (it is compared) or data-not-run with a reason",
    )


def check(block: Block) -> None:
    """Raise Problem for anything about ``block`` that the harness doesn't know (design, invariant 2)."""
    where, languages = block.where, "one of " + ", ".join(LANGUAGES)
    if not block.language:
        raise Problem(where, "a fence without a language", languages)
    if block.language not in LANGUAGES:
        raise Problem(where, f"unknown language {block.language!r}", languages)
    if not block.text.strip() and not block.title:
        raise Problem(where, f"an empty {block.language} block", "text between the fences")
    for name in block.attributes:
        if name not in ATTRIBUTES:
            known = "; ".join(f"{k}: {v}" for k, v in ATTRIBUTES.items())
            raise Problem(where, f"unknown attribute {name!r}", f"one of {', '.join(ATTRIBUTES)}", known)
    attributes.check(block)
    shared = {one.name: one for one in attributes.SHARED}
    for name in block.attributes:
        if name in shared:
            shared[name].check(block)
    read_only = "data-not-run" in block.attributes and not any(kind.matches(block) for kind in KINDS)
    kind = None if read_only else kind_of(block)  # for readers only, any language is accepted
    own = {one.name: one for one in kind.attributes} if kind else {}
    for name in block.attributes:
        if name in own:
            own[name].check(block)
        elif name not in shared:
            having = [other.name for other in KINDS if name in {one.name for one in other.attributes}]
            found = f"{name} on a {kind.name if kind else block.language} block"
            raise Problem(where, found, f"it only on {', '.join(having)} blocks")
    if kind:
        kind.check(block)


def take(block: Block, steps: Steps) -> Finding:
    """Run, write, compare or validate ``block``; a problem of the page's text becomes a fatal failure."""
    try:
        if not steps.sandbox.alive:
            raise Problem(
                block.where,
                f"the page's shell has ended before this block{f', at {steps.ended}' if steps.ended else ''}",
                "it to go on",
                "put an exit into a subshell, ( … )",
            )
        steps.hidden = []
        finding = kind_of(block).take(block, steps)
        if jobs.shows(block) and not finding.fatal:  # the whole file, of which a listing or a diff shows a part
            steps.jobs.show(block, steps.sandbox.read(block.title) or "" if block.title else block.text)
        if not finding.fatal and (wrong := masks.problem(block, steps.hidden)):
            return Finding("failed", "\n".join(filter(None, [str(wrong), finding.reason])), notes=finding.notes)
        return finding
    except Problem as problem:
        return Finding("failed", str(problem), fatal=True)
