"""What a program printed, set below its prints: pytest-examples' way to show output, for a program that ran elsewhere.

pytest-examples formats and compares. Three things that its 0.0.18 doesn't do are done here: several prints in one loop
(it loses some), prints that its search doesn't find (in ``match``, ``finally``, an imported function), and shown output
that no print reached (it never checks that).
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pytest_examples import CodeExample
from pytest_examples.config import ExamplesConfig
from pytest_examples.run_code import InsertPrintStatements, PrintStatement

OUTPUT = re.compile(r"\s*#>( |$)")


class Prints(InsertPrintStatements):
    """pytest-examples' print check for a program that ran elsewhere, and whose syntax tree tells the prints' places."""

    def __init__(self, tree: ast.Module, statements: list[PrintStatement]) -> None:
        super().__init__(Path(), ExamplesConfig(), True, None, None)
        self.tree = tree
        # last line of the statement that printed -> its output; 0: a line with no end to put it, as of a "with"
        self.places: dict[int, list[PrintStatement]] = defaultdict(list)
        for one in statements:
            self.places[max((last(node) for node in simple(tree) if one.line_no in span(node)), default=0)].append(one)
        self.nowhere = [one.line_no for one in self.places.pop(0, [])]

    def _insert_print_statements(self, example: CodeExample) -> str:
        lines = example.source.split("\n")
        shown = {node.lineno: last(node) for node in simple(self.tree) if is_output(node)}
        for line, statements in sorted(self.places.items(), key=lambda place: -place[0]):
            del lines[line : shown.get(line + 1, line)]
            while line < len(lines) and OUTPUT.match(lines[line]):
                del lines[line]
            head = lines[min(node.lineno for node in simple(self.tree) if last(node) == line) - 1]
            for statement in reversed(statements):
                self._insert_print_args(lines, statement, False, line - 1, len(head) - len(head.lstrip()))
                lines[line] = re.sub(r"[ \t]+$", "", lines[line], flags=re.MULTILINE)
        return "\n".join(lines)

    def unreached(self, text: str) -> Iterator[int]:
        """The lines of ``text`` that show output and stand below no print that ran."""
        lines = text.split("\n")
        below: set[int] = set()
        for place in self.places:
            number = place + 1
            while number <= len(lines) and OUTPUT.match(lines[number - 1]):
                below.add(number)
                number += 1
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and OUTPUT.match(token.string) and token.start[0] not in below:
                yield token.start[0]
        called = {last(node) for node in simple(self.tree) if isinstance(node, ast.Expr) and has_call(node)}
        for node in simple(self.tree):
            if is_output(node) and node.lineno - 1 in called - self.places.keys():
                yield node.lineno


def simple(tree: ast.Module) -> list[ast.stmt]:
    """The statements that hold no others."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not isinstance(node, ast.Match)
    ]


def last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def span(node: ast.stmt) -> range:
    return range(node.lineno, last(node) + 1)


def has_call(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def is_output(node: ast.stmt) -> bool:
    """Whether ``node`` is a string on lines of its own: the long form of shown output (or of a docstring)."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and node.value.value.startswith("\n")
    )


def same_program(tree: ast.Module, text: str) -> bool:
    """Whether ``text`` is the program of ``tree`` but for shown output."""
    try:
        trees = [tree, ast.parse(text)]
    except SyntaxError:
        return False
    first, second = ([ast.dump(node) for node in simple(one) if not is_output(node)] for one in trees)
    return first == second
