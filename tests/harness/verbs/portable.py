"""Portable: what GNU's commands accept and macOS's don't, looked for in the commands that pages show.

``tests/portable.toml`` lists it. Console, bash and sh blocks are read, on pages, in snippets and in the READMEs of
recipes; not those in tabs of Linux distributions, nor files, which mostly run in containers.
"""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.kinds.masks import HEREDOC
from harness.machine import systems
from harness.page.stray import FENCE
from harness.problem import Problem
from harness.project import ROOT, Project

LIST = "tests/portable.toml"
FORM = {
    "commands": "names of commands",
    "find": "a regular expression, or none",
    "instead": "what to write",
    "wrong": "a command that has it",
    "right": "one that hasn't",
}
MEANT = {"page": "a page's path", "command": "a part of the command", "reason": "why it stays"}
PAGES = ("docs/**/*.md", "snippets/**/*.md", "recipes/**/README.md")
TAB = re.compile(r'^([ >]*)(?:===|\?\?\?\+?|!!!)[+!]? *(?:[\w-]+ )?"(.*)"')
SCRIPTS = frozenset({"bash", "sh"})
LANGUAGE = re.compile(r"\{?\s*\.?([\w-]+)")
SEPARATORS = re.compile(r"^[|&;()<>\n]+$")
FIRST = re.compile(r"!|\{|do|then|else|if|elif|while|until|time|env|sudo|exec|command|builtin")  # a command follows
MARK = "\0"  # for an escaped quotation mark, which shlex takes for one
ASSIGNMENT = re.compile(r"^\w+=")


@dataclass(frozen=True)
class Option:
    """One entry of the list: whose arguments have it, what to write, a command with it and one without."""

    commands: frozenset[str]
    find: re.Pattern[str] | None
    instead: str
    wrong: str
    right: str


@dataclass(frozen=True)
class Meant:
    """A command of a page that stays."""

    page: str
    command: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """A command that a page shows, at this line of it."""

    line: int
    text: str


def read(path: Path, name: str = LIST) -> tuple[list[Option], list[Meant]]:
    """The entries of a list. Raises Problem for one that can't be used."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(name, f"no list of options ({error})", "[[option]] tables in TOML") from None
    options = []
    for number, entry in enumerate(data.get("option", ()), 1):
        where = f"{name}: option {number}"
        _check(where, {"find": "", **entry}, FORM)
        try:
            find = re.compile(entry["find"], re.MULTILINE) if "find" in entry else None
        except re.error as error:
            raise Problem(where, f"find = {entry['find']!r} ({error})", FORM["find"]) from None
        options.append(
            Option(frozenset(entry["commands"].split()), find, entry["instead"], entry["wrong"], entry["right"])
        )
    for number, entry in enumerate(data.get("meant", ()), 1):
        _check(f"{name}: meant {number}", entry, MEANT)
    if not options:
        raise Problem(name, "no option", "at least one [[option]]")
    return options, [Meant(**entry) for entry in data.get("meant", ())]


def _check(where: str, entry: dict[str, object], form: dict[str, str]) -> None:
    if entry.keys() != form.keys() or not all(isinstance(value, str) for value in entry.values()):
        expected = "; ".join(f"{key}: {value}" for key, value in form.items())
        raise Problem(where, f"the keys {', '.join(entry) or 'none'}", f"these, each with a text: {expected}")


def shown(text: str) -> Iterator[Shown]:
    """The commands of a page's console, bash and sh blocks, outside of tabs of Linux distributions."""
    tabs, block = list[tuple[int, str]](), list[Shown]()
    fence, language, before = "", "", 0
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip(" "))
        if fence:
            mark = line.strip(" \t>")
            if mark.startswith(fence) and not mark.strip(fence[0]):
                fence = ""
                yield from block
                block = []
            elif language:
                _add(block, language, number, line[before:])
            continue
        if line.strip():
            tabs = [one for one in tabs if one[0] < indent]
        if tab := TAB.match(line):
            tabs.append((len(tab[1]), tab[2]))
        elif (found := FENCE.match(line)) and found[1][0] not in found[2]:
            fence, before = found[1], found.start(1)
            language = "" if "title=" in found[2] or _linux([label for _, label in tabs]) else _language(found[2])


def _language(info: str) -> str:
    found = LANGUAGE.match(info.strip())
    return found[1] if found and found[1] in SCRIPTS | {"console"} else ""


def _linux(labels: Sequence[str]) -> bool:
    """Whether a tab with one of these labels is for distributions of Linux alone."""
    return any(named and named <= LINUX for named in map(systems.named, labels))


LINUX = frozenset({"Linux", *systems.DISTRIBUTIONS.values()})


def _add(block: list[Shown], language: str, number: int, line: str) -> None:
    """Put the next ``line`` of a block to its commands; a script is one command from its first line on."""
    if language in SCRIPTS:
        if block:
            block[-1] = Shown(block[-1].line, f"{block[-1].text}\n{line}")
        else:
            block.append(Shown(number, line))
    elif line.startswith("$ "):
        block.append(Shown(number, line[2:]))
    elif line.startswith("> ") and block:
        block[-1] = Shown(block[-1].line, f"{block[-1].text}\n{line[2:]}")


def calls(text: str) -> Iterator[tuple[str, list[str]]]:
    """The simple commands of a command or script: the name and the arguments, as they are written."""
    text = bare(text).replace("\\\n", " ")
    try:
        words = list(_words(text))
    except ValueError:  # a quotation that is for another language
        for line in text.split("\n") if "\n" in text else ():
            yield from calls(line)
        return
    start = 0
    for number, word in enumerate([*words, ";"]):
        if SEPARATORS.match(word):
            yield from _simple(words[start:number])
            start = number + 1


def bare(text: str) -> str:
    """``text`` without the lines of its here-documents, which other programs read."""
    return HEREDOC.sub(lambda found: found[0].split("\n")[0] + "\n" * found[0].count("\n"), text)


def _words(text: str) -> Iterator[str]:
    """The words of a script, as they are written; line ends and operators are words too, comments aren't."""
    lexer = shlex.shlex(text.replace('\\"', MARK), posix=False, punctuation_chars="();<>|&\n")
    lexer.commenters, lexer.whitespace, lexer.whitespace_split = "", " \t\r", True
    comment = False
    for word in lexer:
        comment = word.startswith("#") if not comment else "\n" not in word
        if not comment:
            yield word.replace(MARK, '\\"')


def _simple(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    while words and (FIRST.fullmatch(words[0]) or ASSIGNMENT.match(words[0]) or words[0] == "$"):
        words = words[1:]
    if not words:
        return
    name, arguments = words[0].lstrip("`"), words[1:]
    if name == "xargs":
        own = 0
        while own < len(arguments) and re.fullmatch(r"-.*|\d+|\{\}", arguments[own]):
            own += 1
        yield from _simple(arguments[own:])
        arguments = arguments[:own]
    yield name, arguments


def found(command: str, options: Sequence[Option]) -> Iterator[tuple[str, Option]]:
    """What of the list is in a command, in the order of its simple commands."""
    for name, arguments in calls(command):
        for option in options:
            if name in option.commands and (option.find is None or option.find.search("\n".join(arguments))):
                yield " ".join([name, *arguments]), option


def findings(name: str, text: str, options: Sequence[Option], meant: Sequence[Meant]) -> Iterator[Problem]:
    here = [one.command for one in meant if one.page == name]
    for command in shown(text):
        for words, option in found(command.text, options):
            if not any(one in command.text for one in here):
                lines = enumerate(bare(command.text).split("\n"))
                at = next((n for n, line in lines if option in [one for _, one in found(line, options)]), 0)
                yield Problem(f"{name}:{command.line + at}", f"'{words}', which macOS refuses", option.instead)


def stale(project: Project, meant: Sequence[Meant], options: Sequence[Option]) -> Iterator[Problem]:
    """The exceptions that except nothing any more."""
    for one in meant:
        path = project.root / one.page
        texts = [command.text for command in shown(path.read_text(encoding="utf-8"))] if path.is_file() else []
        if not any(one.command in text and list(found(text, options)) for text in texts):
            yield Problem(LIST, f"{one.command!r} isn't a finding of {one.page}", "exceptions that are needed")


def main(root: Path = ROOT) -> int:
    """Print each finding as ``file:line: 'command'; expected …``; status 1 where there is one."""
    project, count = Project(root), 0
    try:
        options, meant = read(project.root / LIST)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    for path in sorted({path for form in PAGES for path in project.root.glob(form)}):
        for finding in findings(project.relative(path), path.read_text(encoding="utf-8"), options, meant):
            print(finding)
            count += 1
    for finding in stale(project, meant, options):
        print(finding)
        count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
