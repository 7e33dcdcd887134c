"""Another page's block shown again, with its proof: what takes the place of a link with ``data-show``.

Without this hook readers see the link.
"""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import unquote, urljoin, urlsplit

from . import contract
from .badge import block_state
from .book import Book, Page
from .copied import copy_attribute
from .rendered import ATTRIBUTE, ATTRIBUTES, Block
from .state import State
from .table import Link

PLACE = re.compile(
    rf"<p>\s*<a\b(?P<attributes>{ATTRIBUTES}\bdata-show={ATTRIBUTES})>(?P<text>(?:(?!</?p\b).)*?)</a>\s*</p>", re.DOTALL
)
LEFT = re.compile(rf"<a\b{ATTRIBUTES}\bdata-show={ATTRIBUTES}>", re.DOTALL)
IDS = re.compile(r'(<[^>]*?) id="[^"]*"')


def shown_again(html: str, page: Page, book: Book, link: Link) -> str:
    """``html`` of ``page`` with every such link replaced; LookupError where one names nothing to be shown.

    The state is that of the block on its own page, as it is now: where that block changed since it ran, this one isn't
    verified either.
    """

    def replaced(place: re.Match[str]) -> str:
        attributes = {name: unescape(double or single) for name, double, single, _ in ATTRIBUTE.findall(place[1])}
        home, state = _target(attributes["href"], page, book)
        block = _commands(state.block) if attributes["data-show"] == "commands" else _whole(state.block)
        address = f"{link(home.url)}#{state.block.name}"
        source = f'<p class="again-from">From <a href="{escape(address)}">{place["text"]}</a>, where it runs</p>'
        proof = block_state(state, link) if book.records else ""
        return f'<div class="again" data-search-exclude>{block}{proof}{source}</div>'

    done = PLACE.sub(replaced, html)
    if left := LEFT.search(done):
        raise LookupError(f"{left[0]} has something beside it; expected it alone in a paragraph")
    return done


def _target(href: str, page: Page, book: Book) -> tuple[Page, State]:
    """The page and the block that ``href``, a link of ``page``, leads to."""
    address = urlsplit(urljoin(f"/{page.url}", href))
    name = unquote(address.fragment)
    for home in book.pages.values():
        if address.path == f"/{home.url}".removesuffix("./"):
            found = [state for state in home.states if state.block.name == name]
            if len(found) == 1:
                return home, found[0]
    raise LookupError(f"data-show on a link to {href!r}; expected a page and the name of one block of it")


def _whole(block: Block) -> str:
    """The block as its own page has it, without its ids."""
    html = IDS.sub(r"\1", block.html)
    return html.replace("<pre", f"<pre{copy_attribute(block)}", 1)


def _commands(block: Block) -> str:
    """The commands of a console block, with prompts and without what they print."""
    lines = [line for command in contract.commands(block.text) for line in contract.prompted(command)]
    code = "".join(f'<span class="gp">{escape(prompt)}</span>{escape(line)}\n' for prompt, line in lines)
    return f'<div class="language-console highlight"><pre{copy_attribute(block)}><code>{code}</code></pre></div>'
