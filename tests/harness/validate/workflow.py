"""GitHub's workflows: their schema, and what it lets pass and GitHub refuses (GitHub's workflow syntax)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from harness.validate import schema, yaml
from harness.validate.family import Family

USES = re.compile(r"\./.*|docker://\S+|[\w.-]+/[\w.-]+(/[^@\s]+)?@[^@\s]+")
RUNNER = re.compile(r"(?:ubuntu|windows|macos)-([a-z]+)")
RUNNERS = ("latest", "slim")

# an expression's text ends at the first }} outside of its strings
EXPRESSION = re.compile(r"\$\{\{((?:'[^']*'|[^'])*?)\}\}")
TOKEN = re.compile(
    r"""\s+ | '(?:[^']|'')*' | [A-Za-z_][\w-]* | -?\.?\d[\w.+-]*   # texts, names, numbers
        | [=!<>]= | && | \|\| | [!<>()\[\],.*]""",
    re.VERBOSE,
)
CRON = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day", 1, 31, ""),
    ("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    ("weekday", 0, 6, "SUN MON TUE WED THU FRI SAT"),
)


def check(text: str) -> list[str]:
    data, errors = yaml.single(text)
    if errors or (errors := schema.errors(data, "github-workflows")):
        return errors
    for path, value in values(data, "$"):
        errors += [f"{path}: {wrong}" for wrong in wrong_value(path, value)]
    jobs = data["jobs"]
    for name, job in jobs.items():
        needs = job.get("needs", [])
        for need in [needs] if isinstance(needs, str) else needs:
            if need not in jobs:
                errors.append(f"$.jobs.{name}.needs: there is no job {need!r}")
    return errors


def values(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every text and number of the file, each with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from values(value, f"{path}.{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from values(value, f"{path}[{number}]")
    else:
        yield path, data


def wrong_value(path: str, value: Any) -> Iterator[str]:
    key = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
    if isinstance(value, yaml.Number) and re.fullmatch(r"\d+\.\d*0", value.text):
        yield f"{value.text} is the number {float(value):g}; in quotes it stays as it is"
    if not isinstance(value, str):
        return
    expressions = EXPRESSION.findall(value)
    if "${{" in EXPRESSION.sub("", value):
        yield f"an expression without its end in {first(value)!r}; expected }}}}"
    elif key == "if" and "${{" not in value:
        expressions = [value]
    for expression in expressions:
        yield from wrong_expression(expression)
    if key == "uses" and not USES.fullmatch(value):
        yield f"{value!r}: expected owner/repository@ref, ./path or docker://image"
    if key == "runs-on" and (found := RUNNER.fullmatch(value)):
        close = difflib.get_close_matches(found[1], RUNNERS, 1)
        if close and found[1] not in RUNNERS:
            yield f"there is no runner {value!r}; expected {value.removesuffix(found[1])}{close[0]}"
    if key == "cron":
        yield from wrong_cron(value)


def wrong_expression(text: str) -> Iterator[str]:
    """What GitHub's expression syntax doesn't have: a single =, text in double quotes, an open bracket."""
    depth = {"(": 0, "[": 0}
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if not found:
            yield f"{text[position]!r} isn't part of an expression: {first(text.strip())!r}"
            return
        position = found.end()
        for opening, closing in ("()", "[]"):
            depth[opening] += (found[0] == opening) - (found[0] == closing)
    if not text.strip():
        yield "an empty expression"
    if any(depth.values()):
        yield f"brackets that don't match in the expression {first(text.strip())!r}"


def wrong_cron(text: str) -> Iterator[str]:
    """Five fields of numbers or names in their range, with lists, ranges and steps (POSIX)."""
    fields = text.split()
    if len(fields) != len(CRON):
        yield f"{text!r}: expected five fields: minute, hour, day, month, weekday"
        return
    for (name, low, high, names), field in zip(CRON, fields, strict=True):
        words = names.split()
        for part in field.split(","):
            span, _, step = part.partition("/")
            ends = [] if span == "*" else span.split("-", 1)
            numbers = [words.index(end.upper()) + low if end.upper() in words else end for end in ends]
            if (
                not all(str(n).isdecimal() and low <= int(n) <= high for n in numbers)
                or "/" in part
                and not step.isdecimal()
            ):
                yield f"{text!r}: the {name} {part!r}; expected {low} to {high}"


def first(text: str) -> str:
    return text.splitlines()[0][:80]


FAMILY = Family(r"(.*/)?\.github/workflows/[^/]+\.ya?ml", check)
