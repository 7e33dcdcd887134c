"""The gallery of recipes: a card for each page of its area, and a filter by tool and by purpose that a script acts on.

What a card says is in the page's front matter: ``title``, ``description``, ``tools``, ``recipe``, and below ``search``
what the recipe is for: ``purpose: [service, container]``. Without the script all cards are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from .answers import TOOLS
from .area import others
from .book import Book, Page
from .contract import recipes
from .table import Link

PURPOSES = (
    "service",
    "worker",
    "library",
    "command-line tool",
    "script",
    "workspace",
    "container",
    "private index",
    "CI",
)
OPENING = re.compile(r"^Start (?:from|with) (?:an? )?")  # a card says what a recipe is
AND = '<span class="gallery-words">, </span>'


@dataclass(frozen=True)
class Card:
    page: Page
    tools: tuple[str, ...]
    purposes: tuple[str, ...]

    @classmethod
    def of(cls, page: Page) -> Card:
        """LookupError where the page's front matter doesn't say what its recipe is for, or with which tool."""
        named = page.meta.get("recipe")
        labels = {label for state in page.states for label in state.block.tabs}
        labels |= set(named) if isinstance(named, dict) else set()
        known = {str(tool).lower() for tool in page.meta.get("tools") or []}
        said = f"{page.title} {page.meta.get('description', '')}"
        tools = tuple(tool for tool in TOOLS if tool.lower() in known or tool in labels or names(said, tool))
        given = (page.meta.get("search") or {}).get("purpose") or []
        if not given or not isinstance(given, list) or not set(given) <= set(PURPOSES):
            raise LookupError(f"search: purpose: {given!r}; expected a list with some of {', '.join(PURPOSES)}")
        if not tools or not recipes(page.meta):
            raise LookupError(f"no recipe, or none of {', '.join(TOOLS)} in tools; expected both in its front matter")
        return cls(page, tools, tuple(purpose for purpose in PURPOSES if purpose in given))

    @property
    def title(self) -> str:
        cut = OPENING.sub("", self.page.title)
        return cut[:1].upper() + cut[1:]


def names(text: str, tool: str) -> bool:
    """Whether a text names a tool; one with pip-tools or uv_build doesn't name pip or uv."""
    return bool(re.search(rf"(?<![\w-]){re.escape(tool)}(?![\w-])", text))


def gallery(book: Book, link: Link, here: Page) -> str:
    """The cards of the other pages in the area of ``here``; LookupError names a page that says too little."""
    cards = []
    for page in others(book, here):
        try:
            cards.append(Card.of(page))
        except LookupError as error:
            raise LookupError(f"{page.name}: {error}") from error
    return f'<div class="pages gallery">{_filter(cards)}<ul>{"".join(_card(card, link) for card in cards)}</ul></div>'


def _filter(cards: list[Card]) -> str:
    tools = [tool for tool in TOOLS if any(tool in card.tools for card in cards)]
    purposes = [purpose for purpose in PURPOSES if any(purpose in card.purposes for card in cards)]
    return (
        '<form class="gallery-filter" aria-label="Filter the recipes" data-search-exclude>'
        f"{_choice('tool', 'Tool', tools)}{_choice('purpose', 'Purpose', purposes)}"
        f'<output>{len(cards)} recipes</output> <button type="button" hidden>Show all</button></form>'
    )


def _choice(name: str, title: str, found: Iterable[str]) -> str:
    options = "".join(f'<option value="{value(one)}">{escape(one)}</option>' for one in found)
    every = f'<option value="">any</option>{options}'
    return f'<label>{title} <select name="{name}" autocomplete="off">{every}</select></label> '


def _card(card: Card, link: Link) -> str:
    tools, purposes = (" ".join(map(value, found)) for found in (card.tools, card.purposes))
    zips = ", ".join(
        f'<a href="{escape(link(f"recipes/{name}.zip"))}">{escape(name)}.zip</a>' for name in recipes(card.page.meta)
    )
    return (
        f'<li data-tool="{tools}" data-purpose="{purposes}">'
        f'<a href="{escape(link(card.page.url))}">{escape(card.title)}</a> '
        f"<span>{escape(str(card.page.meta.get('description', '')))}</span> "
        f"<small>{_tags('Tools', 'tool', card.tools)} {_tags('Purpose', 'purpose', card.purposes)}</small> "
        f'<small class="gallery-zip"><b class="gallery-words">Download:</b> {zips}</small></li>'
    )


def _tags(title: str, kind: str, found: Iterable[str]) -> str:
    tags = AND.join(f'<span class="gallery-{kind}">{escape(one)}</span>' for one in found)
    return f'<b class="gallery-words">{title}:</b> {tags}<span class="gallery-words">.</span>'


def value(name: str) -> str:
    """What an address calls a tool or a purpose: ``command-line-tool``."""
    return name.lower().replace(" ", "-")
