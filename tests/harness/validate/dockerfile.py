"""Dockerfiles: the form of their instructions (Dockerfile reference); what one does is for a build to show."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator

from harness.validate.family import Family

# BuildKit takes a word of its own for the beginning of a heredoc; the << within $((1<<n)) is none
HEREDOC = re.compile(r"(?:^|\s)\d*<<(-?)(['\"]?)([A-Za-z_]\w*)\2(?=\s|$)")
QUOTED = re.compile(r"""(?<!<)(?<!<-)("(?:\\.|[^"\\])*+"|'[^']*+')""")  # a << inside is text; <<"EOF" is a heredoc
FROM = re.compile(r"(--platform=\S+\s+)?[^\s-]\S*(\s+AS\s+[a-z][\w.-]*)?", re.IGNORECASE)
OPTIONS = re.compile(r"^(--[a-z-]+(=\S*)?\s+)*")
PAIR = re.compile(r"""(?:[^\s=]|"[^"]*")+=.*""", re.DOTALL)


def instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Number of the first line, name, arguments. A heredoc's lines are part of the instruction; one that never ends
    is given as an instruction named ``<<WORD``."""
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
            for tabs, _, word in HEREDOC.findall(QUOTED.sub("", arguments)):
                while lines and (lines[0][1].lstrip("\t") if tabs else lines[0][1]) != word:
                    lines.popleft()
                if not lines:
                    yield number, f"<<{word}", ""
                else:
                    lines.popleft()
        yield number, name.upper(), arguments.strip()


def check(text: str) -> list[str]:
    errors, stages, begun = [], set(), False
    for number, name, arguments in instructions(text):
        wrong = ""
        if name.startswith("<<"):
            wrong = f"the heredoc {name} has no end"
        elif name not in FORMS:
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
            wrong = FORMS[name](name, OPTIONS.sub("", arguments))
        errors += [f"line {number}: {wrong}"] if wrong else []
    return errors if begun else [*errors, "line 1: no FROM"]


# Each form gives what is wrong with an instruction's arguments, without its options; "" where nothing is.


def anything(name: str, arguments: str) -> str:
    return ""


def command(name: str, arguments: str) -> str:
    """Arguments in brackets are a JSON list of strings, or Docker runs them in a shell."""
    if not arguments.startswith("[") or name == "RUN" and arguments.startswith("[ "):  # a shell's own [
        return ""
    try:
        values = json.loads(arguments)
    except json.JSONDecodeError as error:
        return f"{name} {arguments}: not a JSON list ({error.msg}), so a shell would get it"
    return "" if all(isinstance(value, str) for value in values) else f"{name}: a list with something else than strings"


def shell(name: str, arguments: str) -> str:
    return command(name, arguments) if arguments.startswith("[") else "SHELL takes a JSON list"


def healthcheck(name: str, arguments: str) -> str:
    kind, _, rest = arguments.partition(" ")
    if kind.upper() == "NONE":
        return ""
    return command(name, rest.strip()) if kind.upper() == "CMD" else f"HEALTHCHECK {arguments}: expected CMD or NONE"


def copy(name: str, arguments: str) -> str:
    if arguments.startswith("["):
        return command(name, arguments)
    return "" if len(arguments.split()) > 1 else f"{name} {arguments}: expected what to copy and where to"


def pairs(name: str, arguments: str) -> str:
    """NAME=value, or the old form of ENV and LABEL with a blank between."""
    right = PAIR.match(arguments) or " " in arguments
    return "" if right else f"{name} {arguments}: expected {name} name=value"


FORMS: dict[str, Callable[[str, str], str]] = {
    **dict.fromkeys(
        ("ARG", "EXPOSE", "FROM", "MAINTAINER", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"), anything
    ),
    **dict.fromkeys(("CMD", "ENTRYPOINT", "RUN"), command),
    **dict.fromkeys(("ADD", "COPY"), copy),
    **dict.fromkeys(("ENV", "LABEL"), pairs),
    "HEALTHCHECK": healthcheck,
    "SHELL": shell,
}
FAMILY = Family(r"(.*/)?((Docker|Container)file(\.[\w-]+)?|[\w-]+\.(Docker|Container)file)", check)
