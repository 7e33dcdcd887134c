"""Python blocks: each is a program of its own, run by ``child.py`` in the page's interpreter and judged here.

No variable lives from one block to the next, as for a reader who puts each into a file; files do. The output of each
print is below it, as ``#> …`` or, where that is too long, as a string in triple quotes: pytest-examples' way.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from pytest_examples import CodeExample
from pytest_examples.run_code import Arg, PrintStatement

from harness.kinds.pycode import lint, message
from harness.kinds.pycode.prints import OUTPUT, Prints, Simple
from harness.page.block import Block
from harness.problem import Problem

SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")


@dataclass
class Checked:
    """``errors`` are messages that begin with ``page:line``; ``text`` is the block as it should be, None if it is."""

    errors: list[str] = field(default_factory=list)
    text: str | None = None


@dataclass
class Report:
    """What ``child.py`` reports; lines are the page's, ``raised`` is the type of what ended the program, or ""."""

    python: str
    statements: list[PrintStatement]
    simple: list[Simple]
    unended: list[int]
    cut: bool
    raised: str = ""
    line: int = 0
    traceback: str = ""

    @classmethod
    def read(cls, sent: str) -> Report:
        """Raises ValueError, KeyError or TypeError for anything that isn't a whole report."""
        data = message.read(sent)
        statements = [(int(one["line"]), str(one["sep"]), one["args"], one["end"]) for one in data["statements"]]
        simple = [Simple(int(a), int(b), bool(c), bool(d)) for a, b, c, d in data["simple"]]
        report = cls(
            data["python"], [], simple, [line for line, *_, end in statements if end != "\n"], bool(data["cut"])
        )
        for line, sep, args, _ in statements:
            values = []
            for text, was_string in args:
                value = Arg(str(text))
                value.is_str = bool(was_string)
                values.append(value)
            report.statements.append(PrintStatement(line, sep, values))
        if error := data["error"]:
            report.raised, report.line = str(error["type"]), int(error["line"])
            report.traceback = error["traceback"].replace(f'File "{data["file"]}"', "the block")
        return report


class Program:
    """A python block as a program: ``source`` is what ``child.py`` runs, ``check`` judges what it reports."""

    def __init__(self, block: Block) -> None:
        self.block = block

    @property
    def source(self) -> str:
        return self.below(self.block.text)

    def below(self, text: str) -> str:
        """``text`` below as many empty lines as the page has above the block: tracebacks name the page's lines."""
        return "\n" * self.block.line + text

    def check(self, sent: str, output: str, same: Callable[[str], bool]) -> Checked:
        """Judge the report that ``child.py`` ``sent``, and ``output``: all that the program wrote past its prints.

        ``same`` tells, by the page's Python, whether another source is the same program but for shown output.
        """
        block, expected = self.block, self.block.attributes.get("data-raises", "")
        try:
            report = Report.read(sent)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._wrong("the program ended without a report", "a report at its end", todo=output[-1000:])
        if report.raised and expected not in (report.raised, report.raised.rpartition(".")[2]):
            wanted = f"{expected} (data-raises)" if expected else "no exception, or data-raises naming it"
            return self._wrong(f"the program ended with {report.raised}", wanted, report.line, report.traceback)
        if expected and not report.raised:
            return self._wrong("the program ended without an exception", f"{expected} (data-raises)")
        if report.raised in SYNTAX_ERRORS and not report.statements:
            shown = [number for number, line in enumerate(block.text.split("\n"), 1) if OUTPUT.match(line)]
            return Checked([self._unreached(number) for number in shown])
        checked = self._prints(report, same)
        if report.cut:
            checked.errors.append(self._message("more output than a reader would read", "less"))
        if output.strip():
            checked.errors.append(
                self._message(
                    f"output that is under no print: {output.strip()[:500]!r}",
                    "all output to come from print",
                    todo="or give the block a title and run that file in a console block, which shows all output",
                )
            )
        checked.errors += lint.lint(block, report.python)
        return checked

    def _prints(self, report: Report, same: Callable[[str], bool]) -> Checked:
        """The print check proper: errors, and the text that an update writes."""
        block = self.block
        for statement in report.statements:
            statement.line_no -= block.line
        simple = [replace(one, first=one.first - block.line, last=one.last - block.line) for one in report.simple]
        prints = Prints(simple, report.statements)
        checked = Checked([self._unreached(number) for number in sorted(prints.unreached(block.text))])
        for line in report.unended:
            checked.errors.append(
                self._message("a print whose end is no newline", "whole lines, which '#>' can show", line)
            )
        for number in prints.nowhere:
            checked.errors.append(
                self._message(
                    "a print from a line that has no place for '#>' below it",
                    "a separate statement for it",
                    block.line + number,
                )
            )
        if report.unended or prints.nowhere:
            return checked  # nothing below these prints could show what they printed
        example = CodeExample.create(block.text, path=Path(block.page), start_line=block.line)
        text = prints.updated_print_statements(example)
        if text is None:
            return checked
        if not same(text):
            checked.errors.append(
                self._message("output that no '#>' or string below its print can show", "other output")
            )
            return checked
        todo = "" if block.included else f"make update PAGE={block.page} writes what was printed\n"
        lines = difflib.unified_diff(block.text.split("\n"), text.split("\n"), "shown", "printed", n=1, lineterm="")
        todo += "\n".join(lines)
        checked.errors.append(self._message("the program printed something else", "what is shown", todo=todo))
        checked.text = text
        return checked

    def _message(self, found: str, expected: str, line: int = 0, todo: str = "") -> str:
        return str(Problem(f"{self.block.page}:{line or self.block.line}", found, expected, todo))

    def _unreached(self, number: int) -> str:
        return self._message(
            "output is shown, and no print above it ran",
            "it below a print that runs",
            self.block.line + number,
            "remove it, or let the program print it",
        )

    def _wrong(self, found: str, expected: str, line: int = 0, todo: str = "") -> Checked:
        return Checked([self._message(found, expected, line, todo)])
