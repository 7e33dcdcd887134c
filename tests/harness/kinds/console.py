"""A console block: commands typed into the page's one shell, each with what it prints."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from harness.compare.align import NEEDLESS, elides
from harness.compare.misread import early, misread
from harness.compare.terminal import screen
from harness.compare.transcript import compare, rewritten
from harness.compare.volatile import renamed, settled
from harness.kinds import masks
from harness.kinds.kind import POSIX, Attribute, Finding, Kind, Mutation, changed, update
from harness.kinds.steps import Steps
from harness.kinds.wording import ending, first, spoken, tail
from harness.page.block import Block
from harness.page.prompts import ELISION, PART, Command, parse
from harness.problem import Problem
from harness.sandbox.shell import Result

EXIT = Attribute(
    "data-exit",
    "the exit status of the block's last command (a number from 1 to 255)",
    r"[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]",
)
MASKS = Attribute(
    masks.REASON,
    "the reason, a few words for contributors, why a failure in the block is hidden on purpose",
    r"\s*\S+(\s+\S+)+\s*",
)


def matches(block: Block) -> bool:
    return block.language in CONSOLE.languages


def check(block: Block) -> None:
    if block.title:
        raise Problem(
            block.where,
            f"a console block with the title {block.title!r}",
            "no title: a console block is run, and a title makes a block a file",
            "leave the title out; a file that looks like a terminal takes another language, such as text",
        )


def take(block: Block, steps: Steps) -> Finding:
    return replay(block, steps, lambda command: steps.run(block, command.text), screen)


def replay(
    block: Block, steps: Steps, run: Callable[[Command], Result], lines_of: Callable[[str], list[str]]
) -> Finding:
    """What became of ``block``: ``run`` runs each command, ``lines_of`` says what a reader sees of its output."""
    commands = parse(block)
    results: list[tuple[Command, list[str], int]] = []
    problems: list[Problem] = []
    notes: list[str] = []
    for command, following in zip_longest(commands, commands[1:]):
        where = f"{block.page}:{command.line}"
        if command.status and command.expected and all(map(elides, command.expected)):
            found = f"'{first(command.text)}' is to fail with status {command.status}, and nothing shows why"
            todo = f"show a line of its message beside {ELISION!r}, or nothing"
            return _stopped(problems, Problem(where, found, "a line that only this failure prints", todo), notes)
        if wrong := early(block.page, command, steps.whole):
            return _stopped(problems, wrong, notes)
        result = run(command)
        printed = [renamed(line, steps.releases) for line in lines_of(spoken(result.output))]
        results.append((command, printed, result.status))
        left = result.ended == "exit" and following is None and result.status == command.status
        if result.ended and not left:
            return _stopped(problems, ending(where, command.text, result, steps.limit(block)), notes)
        comparison = compare(command.expected, printed)
        suspect = result.status != command.status or comparison.difference or "here-document" in result.output
        if suspect and (wrong := misread(block.page, command, printed, result.status, following, steps.known)):
            return _stopped(problems, wrong, notes)
        if result.status != command.status:
            found = f"'{first(command.text)}' ended with status {result.status}"
            return _stopped(problems, Problem(where, found, str(command.status), evidence=tail(printed)), notes)
        if comparison.difference:
            found = f"'{first(command.text)}' printed something else"
            problems.append(Problem(where, found, "what the page shows", evidence=comparison.difference))
        for number in comparison.needless:
            at = command.line if block.included else command.line + command.text.count("\n") + number
            notes.append(f"{block.page}:{at}: {NEEDLESS}")
    shown = rewritten(block, results)
    if problems:
        problems[-1].todo = update(block, "what was printed")
        return Finding("failed", "\n".join(map(str, problems)), notes=notes, shown=shown, stale=not block.included)
    compared = any(command.expected for command in commands)
    return Finding("compared" if compared else "ran", notes=notes, shown=changed(shown, block))


def _stopped(problems: list[Problem], last: Problem, notes: list[str]) -> Finding:
    """The finding of a block that stopped at the ``last`` of its problems."""
    return Finding("failed", "\n".join(map(str, [*problems, last])), fatal=True, notes=notes)


def broken(block: Block) -> Mutation:
    """Its last output line that can be told from others changed, else the status of its last command."""
    lines, commands = block.text.rstrip("\n").split("\n"), parse(block)
    shown = {n for command in commands for n in range(command.line - block.line, len(lines)) if command.expected}
    for number in sorted(shown, reverse=True):
        other = "" if lines[number].startswith(("$ ", "> ")) else _other(lines[number])
        if other:
            text = "\n".join([*lines[:number], other, *lines[number + 1 :]])
            return Mutation(f"output line {number + 1} changed", text + "\n", alone=False)
    if commands[-1].status:
        text = "\n".join(lines[:-1] if commands[-1].stated else [*lines, "true"])
        return Mutation("the command was to succeed", text + "\n", alone=False)
    return Mutation("the command was to fail", block.text + "[1]\n", alone=False)


def _other(line: str) -> str:
    """``line`` with one letter changed that no volatile rule forgives; empty where there is none."""
    if line.strip() in (ELISION, "") or PART in line:
        return ""
    for at, letter in enumerate(line):
        other = line[:at] + ("Q" if letter != "Q" else "Z") + line[at + 1 :]
        if letter.isalpha() and settled(other) != settled(line):
            return other
    return line + " more"


CONSOLE = Kind(
    name="console",
    languages=frozenset({"console"}),
    systems=POSIX,
    attributes=(EXIT, MASKS),
    matches=matches,
    check=check,
    take=take,
    broken=broken,
)
