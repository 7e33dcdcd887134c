"""One tool in one project over one line: its steps in a fresh sandbox, with what each took or why it has no number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from proof.contract import CONFLICTS, SECONDS

from harness.compare.terminal import screen
from harness.compare.transcript import compare
from harness.kinds.wording import ending, first, spoken
from harness.page.prompts import Command
from harness.run.runner import WorldLink
from harness.sandbox.equipment import ONE_AT_A_TIME
from harness.sandbox.sandbox import Sandbox
from harness.sandbox.shell import Result
from harness.verbs.speed.plan import Step, Way

NUMBER = re.compile(r"^ *(\d+)\b", re.MULTILINE)
LONGEST = 300  # characters of a tool's words


@dataclass
class Measured:
    """``seconds`` is measure -> wall seconds; ``failed`` measure -> the tool's words; ``sizes`` measure -> numbers.

    ``refused`` lists what the world didn't serve; the rest wasn't tried then, and nothing of it counts.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def measure(way: Way, sandbox: Sandbox, link: WorldLink) -> Measured:
    """Run the steps of ``way`` in order; from one that goes wrong on, each measure has its words in place of a number.

    A command that the page shows failing is no number either, but where a conflict is to be reported: that is what
    such a command is timed for.
    """
    measured, broken = Measured(), ""
    sandbox.run(f"unset {' '.join(ONE_AT_A_TIME)}")
    for step in way.steps:
        if broken:
            if step.measure in SECONDS:
                measured.failed.setdefault(step.measure, broken)
            continue
        wrong, results = _take(step, sandbox)
        for refusal in link.refusals():
            measured.refused.append(f"{step.where}: {refusal.host}: {refusal.what}: {refusal.why}")
        if measured.refused:
            return measured
        if wrong:
            broken = wrong
            if step.measure in SECONDS:
                measured.failed[step.measure] = wrong
        elif step.measure in SECONDS:
            shown = next((words(result) for command, result in results if command.status), "")
            if shown and step.measure not in CONFLICTS:
                measured.failed[step.measure] = shown
            else:
                measured.seconds[step.measure] = round(sum(result.seconds for _, result in results), 4)
        elif step.measure:
            measured.sizes[step.measure] = [number(result.output) for _, result in results]
    return measured


def _take(step: Step, sandbox: Sandbox) -> tuple[str, list[tuple[Command, Result]]]:
    """Do one step: what went wrong, in words, and the result of each of its commands."""
    if step.title:
        written = sandbox.write(step.title, step.text)
        return (f"{step.title} can't be written" if written.status or written.ended else ""), []
    results: list[tuple[Command, Result]] = []
    for command in step.commands:
        result = sandbox.run(command.text, timeout=step.timeout)
        results.append((command, result))
        if result.ended:
            return ending(step.where, command.text, result, step.timeout).found, results
        if result.status != command.status:
            if not result.status:
                return f"'{first(command.text)}' succeeded, and should fail", results
            return words(result), results
        # what is timed may print other names in another project, and a size is what is looked for
        told = not step.measure or step.measure in CONFLICTS
        if told and compare(command.expected, screen(spoken(result.output))).difference:
            return f"'{first(command.text)}' printed {words(result)}", results
    return "", results


def words(result: Result) -> str:
    """The last lines of what a command printed, as one line; its status where it printed nothing."""
    said = " ".join(" ".join(screen(spoken(result.output))).split())
    said = said if len(said) <= LONGEST else "… " + said[-LONGEST:]
    return said or f"status {result.status}"


def number(output: str) -> int:
    """The number that begins the first line which begins with one, as ``wc`` and ``grep -c`` print it; 0 for none."""
    found = NUMBER.search(output)
    return int(found[1]) if found else 0
