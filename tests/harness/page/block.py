"""A code block as the site renders it, and the attributes that say how it is checked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

from harness.problem import Problem

Kind = Literal["console", "script", "python", "windows", "file", "diff", "listing", "data"]

SHELLS = {"bash", "sh"}
CONSOLES = {"console"}
WINDOWS = {"powershell", "pwsh", "bat", "cmd"}
PYTHONS = {"python", "py"}
DATA = {"toml", "yaml", "json", "ini", "xml"}
FILES = DATA | {"text", "txt", "makefile", "dockerfile", "html", "css", "diff", "markdown", "sql", "c"}
LANGUAGES = SHELLS | CONSOLES | WINDOWS | PYTHONS | FILES

ATTRIBUTES = {
    "data-answer": "how a tool does the data-task: 'no', 'by hand' or 'plugin'; without it: it does",
    "data-exit": "the exit status of the block's last command (a number from 1 to 255)",
    "data-invalid": "part of the error for which this file or datum, wrong on purpose, must be refused",
    "data-listing": "'compare' (the whole file) or 'part' (consecutive lines of it), with a title",
    "data-measure": "the step that this block's time or output stands for, for the comparison of speeds",
    "data-not-run": "the reason, shown to the reader, why no machine of ours runs this block",
    "data-raises": "the exception type that a python block must end with",
    "data-task": "the name of the task that this block shows done, for the comparison of tools",
    "data-timeout": "seconds that one command of this block may take",
}
STATUS = r"[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]"
ANSWERS = ("no", "by hand", "plugin")
MEASURES = ("lock-cold", "lock-warm", "lock-bytes", "install-cold", "install-warm")
OPTIONS = {"title", "linenums", "linenums_style", "hl_lines"}  # pymdownx.highlight's own; they don't change the text


@dataclass(frozen=True)
class Block:
    """One fence of a page.

    ``line`` and ``end`` are the source lines of the opening and closing fence, 1-based, front matter counted;
    ``indent`` is the opening fence's indentation in columns; ``text`` is what the reader sees, newline-terminated.
    ``tabs`` is the path of content-tab labels around it, outermost first.
    ``included`` tells that pymdownx.snippets brought part of the text, so it can't be rewritten in the page.
    """

    page: str
    line: int
    end: int
    indent: int
    language: str
    text: str
    attributes: dict[str, str] = field(default_factory=dict, hash=False)
    options: dict[str, str] = field(default_factory=dict, hash=False)
    tabs: tuple[str, ...] = ()
    included: bool = False

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def title(self) -> str:
        return self.options.get("title", "")

    @property
    def id(self) -> str:
        return f"{self.where}[{self.language}]"

    @property
    def digest(self) -> str:
        """SHA-256 over language, title, tabs, attributes and text: what a proof is a proof of."""
        parts = [
            self.language,
            self.title,
            *self.tabs,
            *(f"{k}={v}" for k, v in sorted(self.attributes.items())),
            self.text,
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def kind(self) -> Kind:
        """Which step the block is; the order matters (a titled bash block is a file)."""
        if "data-listing" in self.attributes:
            return "listing"
        if self.title:
            return "diff" if self.language == "diff" else "file"
        if self.language in CONSOLES:
            return "console"
        if self.language in SHELLS:
            return "script"
        if self.language in PYTHONS:
            return "python"
        if self.language in WINDOWS:
            return "windows"
        return "data"

    @property
    def exit(self) -> int | None:
        """The status that the block's last command must end with, None where the block doesn't say."""
        value = self.attributes.get("data-exit")
        return None if value is None else int(value)

    @property
    def timeout(self) -> float | None:
        value = self.attributes.get("data-timeout")
        return None if value is None else float(value)


def check(block: Block) -> None:
    """Raise Problem for anything about ``block`` that the harness doesn't know (design, invariant 2)."""
    where, attributes = block.where, block.attributes
    if not block.language:
        raise Problem(where, "a fence without a language", "one of " + ", ".join(sorted(LANGUAGES)))
    if block.language not in LANGUAGES:
        raise Problem(where, f"unknown language {block.language!r}", "one of " + ", ".join(sorted(LANGUAGES)))
    if not block.text.strip() and not block.title:
        raise Problem(where, f"an empty {block.language} block", "text between the fences")
    for name in attributes:
        if name not in ATTRIBUTES:
            known = "; ".join(f"{k}: {v}" for k, v in ATTRIBUTES.items())
            raise Problem(where, f"unknown attribute {name!r}", f"one of {', '.join(ATTRIBUTES)}", known)
    for name in block.options:
        if name not in OPTIONS:
            raise Problem(where, f"unknown option {name!r}", "one of " + ", ".join(sorted(OPTIONS)))
    for name, value in {**attributes, **block.options}.items():
        if value == "None":
            raise Problem(where, f"{name} without a value", f'{name}="…"')
    for name, value in attributes.items():
        if '"' in value or "&" in value:  # Material writes them into the HTML as they are
            raise Problem(where, f"{name}={value!r}", "a value without \" and &, which would break the page's HTML")
    if "data-exit" in attributes and not re.fullmatch(STATUS, attributes["data-exit"]):
        raise Problem(where, f"data-exit={attributes['data-exit']!r}", ATTRIBUTES["data-exit"])
    if "data-timeout" in attributes and not re.fullmatch(r"[1-9]\d{0,3}", attributes["data-timeout"]):
        raise Problem(where, f"data-timeout={attributes['data-timeout']!r}", "whole seconds from 1 to 9999")
    if "data-not-run" in attributes and len(attributes["data-not-run"].split()) < 2:
        raise Problem(where, "data-not-run without a reason", "a few words that tell the reader why")
    if "data-listing" in attributes:
        if attributes["data-listing"] not in ("compare", "part"):
            raise Problem(where, f"data-listing={attributes['data-listing']!r}", ATTRIBUTES["data-listing"])
        if not block.title:
            raise Problem(where, "data-listing without a title", 'title="path" naming the file that is listed')
    if "data-exit" in attributes and block.kind not in ("console", "script"):
        raise Problem(where, f"data-exit on a {block.kind} block", "it only on console and bash blocks")
    if "data-invalid" in attributes and (block.kind != "file" or not attributes["data-invalid"].strip()):
        raise Problem(where, f"data-invalid on a {block.kind} block or empty", ATTRIBUTES["data-invalid"])
    if not re.fullmatch(r"[a-z][a-z0-9-]*", attributes.get("data-task", "a")):
        raise Problem(where, f"data-task={attributes['data-task']!r}", "lower-case words joined by hyphens")
    if (
        attributes.get("data-answer", "no") not in ANSWERS
        or "data-answer" in attributes
        and "data-task" not in attributes
    ):
        raise Problem(where, f"data-answer={attributes['data-answer']!r}", f"{', '.join(ANSWERS)}; beside a data-task")
    if attributes.get("data-measure", MEASURES[0]) not in MEASURES:
        raise Problem(where, f"data-measure={attributes['data-measure']!r}", "one of " + ", ".join(MEASURES))
    if "data-raises" in attributes and block.kind != "python":
        raise Problem(where, f"data-raises on a {block.kind} block", "it only on python blocks")
    if block.title:
        parts = block.title.replace("\\", "/").split("/")
        if block.title.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            inside = block.title.startswith("~/") and ".." not in parts
            if not inside:
                raise Problem(
                    where,
                    f"title {block.title!r} is outside the project folder",
                    "a path below the project, or ~/… for a file of the user",
                )
    if block.kind == "data" and block.language not in DATA and "data-not-run" not in attributes:
        raise Problem(
            where,
            f"a {block.language} block that nothing checks",
            "a title (it is written), data-listing (it is compared) or data-not-run with a reason",
        )
