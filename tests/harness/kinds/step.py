"""What each kind of block does in the sandbox, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.compare import listing
from harness.compare.align import NEEDLESS
from harness.compare.patch import apply_diff
from harness.compare.terminal import screen
from harness.compare.transcript import compare, rewritten
from harness.kinds.wording import ending, first, quoted, spoken, tail
from harness.page.block import Block
from harness.page.outcome import Kind, Ran
from harness.page.prompts import Command, parse
from harness.problem import Problem
from harness.sandbox.sandbox import Sandbox
from harness.sandbox.shell import Result
from harness.validate import validators


@dataclass
class Finding:
    """``outcome`` with its reason; ``fatal`` tells that what follows has no ground to stand on.

    ``shown`` is the block's text as it should be, where that differs from the page.
    """

    outcome: Kind
    reason: str = ""
    fatal: bool = False
    notes: list[str] = field(default_factory=list)
    shown: str | None = None


class Steps:
    """The steps of one scenario.

    ``written`` are the files that the page wrote, to see whether anything uses them; ``commands`` what the page's
    commands did since somebody last emptied it.
    """

    def __init__(self, sandbox: Sandbox, timeout: float) -> None:
        self.sandbox, self.timeout = sandbox, timeout
        self.written: dict[str, Block] = {}
        self.commands: list[Ran] = []

    def take(self, block: Block) -> Finding:
        """Run, write, compare or validate ``block``; problems of the page's text become failures too."""
        step: dict[str, Callable[[Block], Finding]] = {
            "console": self.console,
            "script": self.script,
            "python": self.python,
            "file": self.file,
            "diff": self.diff,
            "listing": self.listing,
            "data": self.data,
            "windows": self.windows,
        }
        if not self.sandbox.alive:
            reason = f"{block.where}: the page's shell has ended before this block; expected it to go on"
            return Finding("failed", f"{reason}\n  → put an exit into a subshell, ( … )", True)
        try:
            return step[block.kind](block)
        except Problem as problem:
            return Finding("failed", str(problem), fatal=True)

    def run(self, block: Block, shown: str, text: str = "", mode: str = "c") -> Result:
        """Run ``shown``, a command of the page, as ``text`` where the shell must get it in another form."""
        result = self.sandbox.run(text or shown, mode, block.timeout or self.timeout)
        self.commands.append(Ran(shown, result.status, result.output, result.seconds))
        return result

    def console(self, block: Block) -> Finding:
        results: list[tuple[Command, list[str], int]] = []
        problems: list[str] = []
        notes: list[str] = []
        fatal = False
        for command in parse(block):
            where = f"{block.page}:{command.line}"
            result = self.run(block, command.text)
            printed = screen(spoken(result.output))
            results.append((command, printed, result.status))
            last = command.line == parse(block)[-1].line
            if result.ended and not (result.ended == "exit" and last and result.status == command.status):
                problems.append(f"{where}: {ending(command.text, result, block.timeout or self.timeout)}")
                fatal = True
                break
            if result.status != command.status:
                problems.append(
                    f"{where}: '{first(command.text)}' ended with status {result.status}; expected "
                    f"{command.status}\n{tail(printed)}"
                )
                fatal = True
                break
            comparison = compare(command.expected, printed)
            if comparison.difference:
                problems.append(f"{where}: '{first(command.text)}' printed something else\n{comparison.difference}")
            for number in comparison.needless:
                at = command.line if block.included else command.line + command.text.count("\n") + number
                notes.append(f"{block.page}:{at}: {NEEDLESS}")
        done = [r[0] for r in results]
        shown = rewritten(block, results) if len(done) == len(parse(block)) and not fatal else None
        if problems:
            todo = "" if fatal or block.included else f"\n  → make update PAGE={block.page} writes what was printed"
            return Finding("failed", "\n".join(problems) + todo, fatal, notes, shown)
        return Finding("compared" if any(c.expected for c in done) else "ran", notes=notes, shown=changed(shown, block))

    def script(self, block: Block) -> Finding:
        text, expected = block.text, block.exit or 0
        timeout = block.timeout or self.timeout
        if expected:  # errexit would take the page's shell with it, so a script that must fail runs beside it
            result = self.run(block, text, f"( set -euo pipefail\n{text}\n)")
        else:
            result = self.run(block, text, mode="s")
        if result.status == expected and not (result.ended and (expected or result.ended != "exit")):
            return Finding("ran", fatal=bool(result.ended))
        if result.ended in ("timeout", "output"):
            return Finding("failed", f"{block.where}: {ending(text, result, timeout)}", True)
        return Finding(
            "failed",
            f"{block.where}: the script ended with status {result.status}; expected {expected} "
            f"(scripts run under set -euo pipefail)\n{tail(screen(spoken(result.output)))}",
            True,
        )

    def windows(self, block: Block) -> Finding:
        """PowerShell in the page's PowerShell; a cmd script as a program of its own, which keeps no state."""
        text = block.text
        if block.language in ("bat", "cmd"):
            wrote = self.sandbox.write(
                f"{self.sandbox.scratch}/block.cmd", "@echo off\r\n" + text.replace("\n", "\r\n")
            )
            if wrote:
                return Finding("failed", f"{block.where}: the block can't be written: {wrote}", True)
            text = f'cmd /d /c "{self.sandbox.scratch}/block.cmd"'
        result = self.run(block, block.text, text)
        if result.status or result.ended:
            printed = tail(screen(result.output))
            return Finding("failed", f"{block.where}: ended with status {result.status}; expected 0\n{printed}", True)
        return Finding("ran")

    def python(self, block: Block) -> Finding:
        # black behind it takes a fifth of a second to import, and few pages need it
        from harness.kinds.pycode.program import Program

        program = Program(block)
        path = f"{self.sandbox.scratch}/block.py"
        wrote = self.sandbox.write(path, program.source)
        if wrote:
            return Finding("failed", f"{block.where}: the block can't be written to the sandbox: {wrote}", True)
        result = self.run(block, "python block.py", f"python '{self.sandbox.aside}/child.py' '{path}' 5", "x")
        self.commands[-1].output = spoken_by(result)
        if result.ended:
            return Finding("failed", f"{block.where}: {ending('python', result, block.timeout or self.timeout)}", True)
        if not result.message:
            return Finding(
                "failed",
                f"{block.where}: python did not run (status {result.status})\n{tail(screen(spoken(result.output)))}",
                True,
            )
        checked = program.check(result.message, result.output)
        if checked.errors:
            return Finding("failed", "\n".join(checked.errors), False, shown=checked.text)
        return Finding("compared" if "#>" in block.text else "ran", shown=changed(checked.text, block))

    def file(self, block: Block) -> Finding:
        errors = validators.validate(block.title, block.language, block.text, block.attributes.get("data-invalid", ""))
        if errors:
            return Finding("failed", f"{block.where}: {block.title} is not valid: " + "; ".join(errors), True)
        return self._put(block, block.text)

    def diff(self, block: Block) -> Finding:
        before = self.sandbox.read(block.title)
        if before is None:
            return Finding(
                "failed",
                f"{block.where}: there is no {block.title} to apply the diff to; expected a file "
                "that an earlier step wrote",
                True,
            )
        return self._put(block, apply_diff(before, block.text, block.where))

    def _put(self, block: Block, text: str) -> Finding:
        if self.sandbox.read(block.title) == text:
            return Finding(
                "compared", notes=[] if block.included else [f"{block.where}: {block.title} was there already"]
            )
        wrote = self.sandbox.write(block.title, text)
        if wrote:
            return Finding("failed", f"{block.where}: {block.title} can't be written: {wrote}", True)
        # an access time in the past: whoever reads the file moves it (relatime), and unused() sees that
        self.sandbox.run(f"command -p touch -a -d @0 -- {quoted(self.sandbox.place(block.title))}", "x")
        self.written[block.title] = block
        return Finding("written")

    def listing(self, block: Block) -> Finding:
        actual = self.sandbox.read(block.title)
        if actual is None:
            return Finding(
                "failed", f"{block.where}: there is no file {block.title}; expected one that an earlier step made"
            )
        actual = actual.expandtabs(4)  # as Markdown does with the page
        part = block.attributes["data-listing"] == "part"
        difference, notes = listing.compare(block.text, actual, part)
        notes = [f"{block.where}: {note}" for note in notes]
        if difference is None:
            return Finding("compared", notes=notes)
        todo = "" if block.included else f"\n  → make update PAGE={block.page} writes what it holds"
        return Finding(
            "failed",
            f"{block.where}: {block.title} holds something else\n{difference}{todo}",
            notes=notes,
            shown=listing.updated(block.text, actual, part),
        )

    def data(self, block: Block) -> Finding:
        errors = validators.parse(block.language, block.text)
        if errors:
            return Finding("failed", f"{block.where}: not valid {block.language}: " + "; ".join(errors))
        return Finding("validated")

    def unused(self) -> list[Block]:
        """The blocks whose files no later step read, changed, moved or removed."""
        if self.sandbox.plain or self.sandbox.shell is None or self.sandbox.shell.ended:
            return []
        found = []
        for title, block in self.written.items():
            seen = self.sandbox.run(f"command -p stat -c %X -- {quoted(self.sandbox.place(title))}", "x")
            if seen.status == 0 and seen.output.strip() == "0":
                found.append(block)
        return found


def changed(text: str | None, block: Block) -> str | None:
    return None if text == block.text or block.included else text


def spoken_by(result: Result) -> str:
    """What a Python program printed: its prints, which came beside its output, then the rest, then its traceback."""
    try:
        report = json.loads(result.message)
        prints = [one["sep"].join(text for text, _ in one["args"]) + one["end"] for one in report["statements"]]
        return "".join(prints) + result.output + ((report["error"] or {}).get("traceback") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return result.output
