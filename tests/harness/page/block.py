"""A code block as the site renders it; what its kind and attributes mean is the kinds' business."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from proof import answers, contract


@dataclass(frozen=True)
class Block:
    """One fence of a page.

    ``line`` and ``end`` are the source lines of the opening and closing fence, 1-based, front matter counted;
    ``indent`` is the opening fence's indentation in columns; ``text`` is what the reader sees, newline-terminated.
    ``tabs`` is the path of content-tab labels around it, outermost first.
    ``below`` is the source of the paragraph below it, empty where something else follows.
    ``named`` is the id that the fence gives it, ``section`` the number of headings above it.
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
    below: str = field(default="", compare=False)
    named: str = ""
    section: int = 0

    @property
    def name(self) -> str:
        """What a link calls the block: its fence's id, or what its task and its tool make; empty for the others."""
        return self.named or answers.name(self.attributes, self.tabs)

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
        return contract.digest(self.language, self.title, self.tabs, self.attributes, self.text)

    @property
    def exit(self) -> int | None:
        """The status that the block's last command must end with, None where the block doesn't say."""
        value = self.attributes.get("data-exit")
        return None if value is None else int(value)

    @property
    def day(self) -> dt.date | None:
        """The day as of which PyPI is seen from this block on, None where it stays as it is."""
        value = self.attributes.get("data-day")
        return None if value is None else dt.date.fromisoformat(value)

    @property
    def timeout(self) -> float | None:
        value = self.attributes.get("data-timeout")
        return None if value is None else float(value)
