"""What really happened in a run, as a page of its own beside the site: plain HTML without a script."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from .book import Book, Page, day, system
from .record import Entry
from .state import WORDS

STYLE, ICON = "assets/transcript.css", "assets/favicon.svg"
log = logging.getLogger("mkdocs.hooks.proof")  # a strict build counts its warnings


def address(digest: str) -> str:
    """Where the site has the transcript with this SHA-256; names of 16 digits don't meet."""
    return f"transcripts/{digest[:16]}.html"


@dataclass(frozen=True)
class Transcript:
    """One run of a page. ``data`` is what the harness stored: blocks, each with its commands."""

    page: Page
    entry: Entry
    data: dict[str, Any]

    @property
    def html(self) -> str:
        """The whole page."""
        name = f"What ran: {self.page.title}"
        facts = [
            self.entry.label,
            system(self.entry.run.system),
            f"PyPI as of {day(self.entry.run.world)}",
            f"run on {day(self.page.made)}",
        ]
        back = f"../{self.page.url}"
        blocks = "".join(_block(block, back) for block in self.data["blocks"])
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="robots" content="noindex">\n'
            f'<title>{escape(name)}</title>\n<link rel="stylesheet" href="../{STYLE}">\n'
            f'<link rel="icon" href="../{ICON}">\n</head>\n<body>\n<main>\n'
            f"<h1>{escape(name)}</h1>\n<p>{escape(' · '.join(fact for fact in facts if fact))}</p>\n"
            "<p>Everything that this run of the page typed and everything that was printed, in order. "
            f'<a href="{escape(back)}">Back to the page</a></p>\n{blocks}</main>\n</body>\n</html>\n'
        )


def _block(block: dict[str, Any], back: str) -> str:
    """One block of the page: what became of it, and its commands."""
    number, outcome = block["index"] + 1, WORDS.get(block["outcome"], block["outcome"])
    what = escape(f"{outcome}: {block['reason']}" if block["reason"] else outcome)
    title = escape(block["title"] or block["language"])
    commands = "".join(_command(command) for command in block["commands"])
    return (
        f'<section id="block-{number}">\n<h2><a href="{escape(back)}#block-{number}">Block {number}</a> '
        f"<small>{title}: {what}</small></h2>\n{commands}</section>\n"
    )


def _command(command: dict[str, Any]) -> str:
    first, *more = command["text"].rstrip("\n").split("\n")
    typed = escape("\n".join([f"$ {first}", *(f"> {line}" for line in more)]))
    printed = f'\n<pre class="printed">{escape(command["output"])}</pre>' if command["output"] else ""
    left = f'<p class="left">… and {command["left_out"]:,} more bytes</p>\n' if command["left_out"] else ""
    return (
        f'<pre class="typed">{typed}</pre>{printed}\n{left}'
        f'<p class="ended">status {command["status"]}, {command["seconds"]:.2f} s</p>\n'
    )


def transcripts(book: Book, folder: Path) -> dict[str, str]:
    """Address below the site's root -> HTML of every transcript that a page leads to; ``folder`` has them by SHA-256.

    Warns, which ends a strict build, where it doesn't have one.
    """
    found: dict[str, str] = {}
    for page in book.with_blocks:
        for entry in (entry for state in page.states for entry in state.runs if entry.transcript):
            place = address(entry.transcript)
            if place not in found and (data := _stored(folder / f"{entry.transcript}.json", page)):
                found[place] = Transcript(page, entry, data).html
    return found


def _stored(path: Path, page: Page) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        log.warning(
            f"{page.name}: what ran can't be read; expected transcripts/{path.name} beside the record\n"
            "  → copy that folder along with the record, or run the page again"
        )
        return None
    return data
