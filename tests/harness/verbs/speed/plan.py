"""What is timed: the blocks of a page as the steps of each tool in each project.

A page that is measured has a tab a tool. A console block with ``data-projects`` begins a part, which is measured once
in each project that it names: the block goes into the folder of the first of them, and the measurement goes into the
others' instead. In ``tiny: small large`` the page runs the part in ``tiny``, which isn't measured. ``none`` ends the
last part.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from proof.contract import SECONDS

from harness.page.block import Block
from harness.page.page import Page
from harness.page.prompts import Command, parse
from harness.page.scenario import Scenario
from harness.problem import Problem

NONE = "none"
ONLY_SHOWN = ":"  # after the project in which the page runs a part, where that one isn't measured
PROJECTS, MEASURE, LEFT_OUT = "data-projects", "data-measure", "data-left-out"


@dataclass(frozen=True)
class Step:
    """A block: a file to write (``title``) or ``commands`` to run, which count for ``measure`` where there is one.

    ``timeout`` is in seconds a command.
    """

    where: str
    title: str
    text: str
    commands: tuple[Command, ...]
    measure: str
    timeout: float

    @property
    def done(self) -> str:
        """What the step does, without what the page shows of its output."""
        return self.text if self.title else "\n".join(f"{command.text} [{command.status}]" for command in self.commands)


@dataclass(frozen=True)
class Way:
    """What one tool does in one project; ``left_out`` says why it isn't measured there, empty where it is."""

    tool: str
    project: str
    steps: tuple[Step, ...]
    left_out: str = ""


@dataclass(frozen=True)
class Plan:
    """All ways of a page, the tools in the order of their tabs; ``digest`` is the SHA-256 of all that they do."""

    page: str
    tools: tuple[str, ...]
    projects: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def digest(self) -> str:
        parts = [
            "\0".join([way.tool, way.project, step.title, step.measure, step.done])
            for way in self.ways
            for step in way.steps
        ]
        return hashlib.sha256("\1".join(parts).encode()).hexdigest()

    def way(self, tool: str, project: str) -> Way:
        return next(way for way in self.ways if (way.tool, way.project) == (tool, project))


def plan(page: Page) -> Plan:
    """The ways of ``page``. Raises Problem where it times nothing, or something that belongs to no project."""
    ways = [way for scenario in page.scenarios for way in _ways(page, scenario)]
    if not any(step.measure in SECONDS for way in ways for step in way.steps):
        raise Problem(page.name, f"no block with {MEASURE}", "a page that marks what is to be timed")
    tools = tuple(dict.fromkeys(way.tool for way in ways))
    return Plan(page.name, tools, tuple(dict.fromkeys(way.project for way in ways)), tuple(ways))


def _ways(page: Page, scenario: Scenario) -> list[Way]:
    """One tool's ways: what is above the first part, and a part, for each of the part's projects."""
    above: list[Block] = []
    parts: list[tuple[list[str], list[Block]]] = []
    for block in scenario.blocks:
        if PROJECTS in block.attributes:
            parts.append((block.attributes[PROJECTS].split(), [block]))
        elif parts:
            parts[-1][1].append(block)
        else:
            above.append(block)
    for block in [*above, *(block for names, part in parts if names == [NONE] for block in part)]:
        if MEASURE in block.attributes:
            raise Problem(block.where, f"{MEASURE} outside every part", f"a block with {PROJECTS} above it")
    found = []
    for names, blocks in parts:
        shown = names[0].removesuffix(ONLY_SHOWN)
        measured = [name for name in names if name != NONE and not name.endswith(ONLY_SHOWN)]
        for name in measured:
            steps = [_step(page, block) for block in above if _of(block, {shown, *measured}, name)]
            steps += [_step(page, block, shown, name) for block in blocks]
            found.append(Way(scenario.label, name, tuple(steps), _left_out(blocks, name)))
    return found


def _of(block: Block, names: Set[str], name: str) -> bool:
    """Whether the project ``name`` needs a block above the parts: not the files of another project of its part."""
    return block.title.partition("/")[0] not in names - {name}


def _left_out(blocks: Sequence[Block], name: str) -> str:
    for block in blocks:
        project, _, reason = block.attributes.get(LEFT_OUT, "").partition(": ")
        if project == name:
            return reason
    return ""


def _step(page: Page, block: Block, shown: str = "", project: str = "") -> Step:
    """A block as a step of ``project``, which the page runs in ``shown``.

    The block with ``data-projects`` goes into the folder of the project, and paths in outputs are below it.
    """
    console = block.language == "console" and not block.title
    if not console and (not block.title or block.language == "diff"):
        raise Problem(
            block.where, f"a {block.language} block on a page that is timed", "files and console blocks alone"
        )
    folder = re.compile(rf"(?<=/){re.escape(shown)}\b")

    def there(text: str) -> str:
        return folder.sub(project, text) if shown else text

    commands = tuple(
        Command(
            command.line,
            there(command.text) if PROJECTS in block.attributes else command.text,
            [there(line) for line in command.expected],
            command.status,
        )
        for command in (parse(block) if console else [])
    )
    measure, timeout = block.attributes.get(MEASURE, ""), block.timeout or page.timeout
    return Step(block.where, block.title, block.text, commands, measure, timeout)
