"""Voice: turns of phrase that make readers stop, looked for in the project's prose; ``tests/voice.toml`` lists them.

A page's prose is its text without blocks, inline code, quotations, comments and addresses; a module's is its
docstrings, comments and, in the harness and the site's hooks, its messages. Pages are read line by line, in a tenth of
the time that the site's own engine needs; that each fence renders as one is checked when pages run
(``harness.page.stray``).
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.page.stray import FENCE
from harness.problem import Problem
from harness.project import ROOT, Project

LIST = "tests/voice.toml"
FORM = {"find": "a regular expression", "instead": "what to write", "wrong": "a sentence", "right": "its rewrite"}
LIMIT = "allowed"  # how many of it a file may have
PAGES = ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "snippets/**/*.md", "recipes/**/README.md")
MODULES = ("tests/**/*.py", "overrides/**/*.py")
MESSAGES = ("tests/harness/", "overrides/")  # whose strings people read; those of tests are wrong on purpose
SHOWN = ("title:", "description:")  # the lines of front matter that readers see
STRINGS = (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None))  # from Python 3.12 on, f-strings are parts
# in this order: a quotation may hold code, and code may hold what looks like a quotation
HIDDEN = (
    re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)"),  # inline code
    re.compile(r"“[^”]*”|(?<!\w)\"[^\"]*\"(?!\w)|(?<![\w)])'[^']+'(?!\w)"),  # a quotation
    re.compile(r"(?<=\])\([^)\s]*(?: [^)]*)?\)"),  # a link's target
    re.compile(r"\{[^}\s]*[.#=][^}]*\}|<[^>\s][^>]*>|https?://\S+"),  # attributes, tags, addresses
)


@dataclass(frozen=True)
class Phrase:
    """One entry of the list: what to search for, what to write, a sentence before and after, how many are allowed."""

    find: re.Pattern[str]
    instead: str
    wrong: str
    right: str
    allowed: int = 0


def phrases(path: Path, name: str = LIST) -> list[Phrase]:
    """The entries of a list. Raises Problem, with the number of the entry, for one that can't be used."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(name, f"no list of phrases ({error})", "[[phrase]] tables in TOML") from None
    found = []
    for number, entry in enumerate(data.get("phrase", ()), 1):
        where, allowed = f"{name}: phrase {number}", entry.pop(LIMIT, 0)
        if entry.keys() != FORM.keys() or not all(isinstance(value, str) and value for value in entry.values()):
            expected = "; ".join(f"{key}: {value}" for key, value in FORM.items())
            raise Problem(where, f"the keys {', '.join(entry) or 'none'}", f"these, each with a text: {expected}")
        if type(allowed) is not int or allowed < 0:
            raise Problem(where, f"{LIMIT} = {allowed!r}", "how many of it a file may have")
        try:
            find = re.compile(entry["find"], re.IGNORECASE | re.MULTILINE)
        except re.error as error:
            raise Problem(where, f"find = {entry['find']!r} ({error})", FORM["find"]) from None
        found.append(Phrase(find, entry["instead"], entry["wrong"], entry["right"], allowed))
    if not found:
        raise Problem(name, "no phrase", "at least one [[phrase]]")
    return found


def page(text: str) -> list[str]:
    """The prose of a Markdown text, line by line: as many lines as it has, empty where there is none."""
    lines, fence, front, comment = text.split("\n"), "", False, False
    for number, line in enumerate(lines):
        if line.rstrip() == "---" and (front or not number):
            front, lines[number] = not front, ""
        elif front:
            lines[number] = line.partition(":")[2] if line.startswith(SHOWN) else ""
        elif fence:
            mark, lines[number] = line.strip(" \t>"), ""
            if mark.startswith(fence) and not mark.strip(fence[0]):
                fence = ""
        elif (found := FENCE.match(line)) and found[1][0] not in found[2]:
            fence, lines[number] = found[1], ""
        else:
            comment, lines[number] = _uncommented(line, comment)
            lines[number] = said(lines[number])
    return lines


def _uncommented(line: str, inside: bool) -> tuple[bool, str]:
    """``line`` without what ``<!-- … -->`` hides, and whether a comment is still open behind it."""
    left = ""
    while line:
        before, mark, line = line.partition("-->" if inside else "<!--")
        left += "" if inside else before
        inside ^= bool(mark)
    return inside, left


def module(text: str, messages: bool = False) -> list[str]:
    """The docstrings and comments of a module, and its one-line strings as ``messages``, line by line like ``page``."""
    lines, begins = [""] * (text.count("\n") + 1), True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        string = token.type in STRINGS and (begins or (messages and "\n" not in token.string))
        if string or token.type == tokenize.COMMENT:
            for number, line in enumerate(token.string.strip("\"'#").split("\n"), token.start[0] - 1):
                lines[number] += " " + said(line)
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return lines


def said(line: str) -> str:
    """``line`` without inline code, quotations, targets of links, attributes and addresses; each leaves a ``…``."""
    for hidden in HIDDEN:
        line = hidden.sub("…", line)
    return line


def findings(name: str, text: str, listed: Sequence[Phrase]) -> Iterator[Problem]:
    """What of the list is in the prose of the file ``name``, in the order of its lines."""
    if not any(phrase.find.search(text) for phrase in listed):
        return  # as in most modules: to read their tokens takes longer than the search
    lines = module(text, name.startswith(MESSAGES)) if name.endswith(".py") else page(text)
    counts = Counter[Phrase]()
    for number, line in enumerate(lines, 1):
        for phrase in listed:
            for found in phrase.find.finditer(line):
                counts[phrase] += 1
                if counts[phrase] > phrase.allowed:
                    yield Problem(f"{name}:{number}", f"'{found[0].strip()}'", phrase.instead)


def files(project: Project) -> list[Path]:
    """The files with prose of the project; the pages and modules that are input of tests are left out."""
    own = {path for form in (*PAGES, *MODULES) for path in project.root.glob(form)}
    return sorted(path for path in own if not {"cases", "sample"} & set(path.relative_to(project.root).parts))


def main(root: Path = ROOT) -> int:
    """Print each finding as ``file:line: 'words'; expected …``; status 1 where there is one."""
    project, count = Project(root), 0
    try:
        listed = phrases(project.root / LIST)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    for path in files(project):
        for finding in findings(project.relative(path), path.read_text(encoding="utf-8"), listed):
            print(finding)
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
