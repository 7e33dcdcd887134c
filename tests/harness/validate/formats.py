"""Formats that no library checks for us: Dockerfiles, Makefiles and .env files.

Each function takes a file's text and returns its errors, as ``line N: …`` (1-based).
Nothing here runs what it reads: ``make -n`` would (``$(shell …)`` and ``+`` recipes), outside of any sandbox.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator

# the Dockerfile reference
INSTRUCTIONS = {
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
}
HEREDOC = re.compile(r"<<-?(['\"]?)([A-Za-z_]\w*)\1")
FROM = re.compile(r"(--platform=\S+\s+)?[^\s-]\S*(\s+AS\s+[a-z][\w.-]*)?", re.IGNORECASE)

# the GNU make manual
DIRECTIVES = {
    "include",
    "-include",
    "sinclude",
    "ifdef",
    "ifndef",
    "ifeq",
    "ifneq",
    "else",
    "endif",
    "define",
    "endef",
    "export",
    "unexport",
    "override",
    "private",
    "vpath",
    "undefine",
    "load",
    "-load",
}
ASSIGNMENT = re.compile(r"[^:#=\s][^:#=]*?\s*(\?=|\+=|!=|:{0,3}=)|[^:#=\s]+\s*:[^=]*[^:=]=")

# python-dotenv's manual
ENTRY = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*")
QUOTED = {
    mark: re.compile(rf"{mark}(?:\\.|[^\\{mark}])*+{mark}[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)", re.DOTALL) for mark in "'\""
}


def instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """A Dockerfile's instructions: number of the first line, name, arguments; heredocs are part of the last one.

    A heredoc that never ends is given as an instruction named ``<<WORD``.
    """
    lines = deque(enumerate(text.splitlines(), 1))
    head = re.match(r"(?:#\s*\w+\s*=.*\n)*?#\s*escape\s*=\s*(\S)", text, re.IGNORECASE)
    escape = head[1] if head else "\\"
    while lines:
        number, line = lines.popleft()
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = [line.rstrip()]
        while parts[-1].endswith(escape) and lines:
            following = lines.popleft()[1].rstrip()
            if following and not following.lstrip().startswith("#"):
                parts[-1] = parts[-1][:-1]
                parts.append(following)
        name, _, arguments = " ".join(parts).strip().partition(" ")
        if name.upper() in ("RUN", "COPY", "ADD"):
            # a << inside of quotes is text
            bare = re.sub(r"""(?<!<)(?<!<-)("(?:\\.|[^"\\])*+"|'[^']*+')""", "", arguments)
            for _, word in HEREDOC.findall(bare):
                while lines and lines[0][1].lstrip("\t") != word:
                    lines.popleft()
                if not lines:
                    yield number, f"<<{word}", ""
                else:
                    lines.popleft()
        yield number, name.upper(), arguments.strip()


def dockerfile(text: str) -> list[str]:
    """Errors of a Dockerfile's structure (Dockerfile reference); what an instruction does is for a build to show."""
    errors, stages, begun = [], set(), False
    for number, name, arguments in instructions(text):
        wrong = ""
        if name.startswith("<<"):
            wrong = f"the heredoc {name} has no end"
        elif name not in INSTRUCTIONS:
            wrong = f"unknown instruction {name}"
        elif not arguments:
            wrong = f"{name} without arguments"
        elif name == "FROM":
            begun = True
            stage = re.search(r"\sAS\s+(\S+)$", arguments, re.IGNORECASE)
            if not FROM.fullmatch(arguments):
                wrong = f"FROM {arguments}: expected an image, perhaps --platform=… before and AS name after it"
            elif stage and stage[1].lower() in stages:
                wrong = f"a second stage named {stage[1]}"
            stages |= {stage[1].lower()} if stage else set()
        elif not begun and name != "ARG":
            wrong = f"{name} before the first FROM"
        else:
            wrong = exec_form(name, arguments)
        errors += [f"line {number}: {wrong}"] if wrong else []
    return errors if begun else [*errors, "line 1: no FROM"]


def exec_form(name: str, arguments: str) -> str:
    """What is wrong with arguments in brackets: unless they are a JSON list of strings, Docker runs them in a shell."""
    if name == "HEALTHCHECK":
        arguments = re.sub(r"^(--\S+\s+)*CMD\s+", "", arguments)
    test = name == "RUN" and arguments.startswith("[ ")  # a shell's own [
    if name == "SHELL" and not arguments.startswith("["):
        return "SHELL takes a JSON list"
    if name not in ("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL") or not arguments.startswith("[") or test:
        return ""
    try:
        values = json.loads(arguments)
    except json.JSONDecodeError as error:
        return f"{name} {arguments}: not a JSON list ({error.msg}), so a shell would get it"
    return "" if all(isinstance(value, str) for value in values) else f"{name}: a list with something else than strings"


def makefile(text: str) -> list[str]:
    """Errors of a Makefile that make reports as "missing separator" and the like (GNU make's manual)."""
    errors: list[str] = []
    opened: list[tuple[int, str]] = []
    previous, continued = "", False
    if ".RECIPEPREFIX" in text:
        return []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        first, inside = words[0] if words else "", bool(opened) and opened[-1][1] == "define"
        kind = "rule"
        if continued or not words or first.startswith("#") or inside and first != "endef":
            kind = previous
        elif line.startswith("\t") and previous in ("rule", "recipe"):
            kind = "recipe"
        elif first in DIRECTIVES:
            kind = previous
            if first.startswith("if") or first == "define":
                opened.append((number, first))
            elif first in ("endif", "endef"):
                begun = opened.pop()[1] if opened else ""
                if (begun == "define") != (first == "endef") or not begun:
                    errors.append(f"line {number}: {first} without its beginning")
        elif ASSIGNMENT.match(line.strip()):
            kind = previous if line[0].isspace() else "variable"
        elif line.startswith(" ") and previous in ("rule", "recipe"):
            errors.append(f"line {number}: begins with spaces, and a recipe line begins with a tab: {line!r}")
            kind = "recipe"
        elif line.startswith("\t"):
            errors.append(f"line {number}: a recipe line before the first target")
        elif ":" not in line and not first.startswith(("$(", "${")):
            errors.append(f"line {number}: neither rule, variable nor directive: {line!r}")
        previous, continued = kind, line.endswith("\\")
    return errors + [f"line {number}: {name} without its end" for number, name in opened]


def dotenv(text: str) -> list[str]:
    """Errors of a .env file: lines are comments or NAME=value, a quoted value may take several (python-dotenv)."""
    errors: list[str] = []
    position, number = 0, 1
    while position < len(text):
        end = text.find("\n", position) + 1 or len(text)
        line = text[position:end].rstrip("\r\n")
        entry = ENTRY.match(line)
        if entry and line[entry.end() :][:1] in ("'", '"'):
            begin = position + entry.end()
            if value := QUOTED[text[begin]].match(text, begin):
                end = value.end()
            else:
                errors.append(f"line {number}: the value of {entry[1]} has no closing {text[begin]}, or text after it")
        elif not entry and line.strip() and not line.lstrip().startswith("#"):
            errors.append(f"line {number}: not NAME=value: {line!r}")
        number += text.count("\n", position, end)
        position = end
    return errors
