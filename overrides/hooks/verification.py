"""MkDocs hook: shows at every block and under every title what the record of the last run vouches for.

Pages are complete without it. It reads ``.work/record.json`` (or the file that GUIDE_RECORD names); where that proves
nothing of a page, what is committed below ``tests/record`` counts, unless GUIDE_COMMITTED is ``no``. What is shown is
published as ``verification.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url
from proof import asked, search, twin
from proof.again import shown_again
from proof.badge import block_state, page_line
from proof.book import Book
from proof.cards import card
from proof.checkout import Checkout
from proof.chooser import choosers
from proof.files import files as beside
from proof.files import links
from proof.moved import redirects
from proof.moves import FEED, feed
from proof.prepared import marked, prepared
from proof.record import BadRecord, committed, load, place, transcripts_of
from proof.rendered import blocks
from proof.summary import fill
from proof.tasks import above
from proof.terms import explained, terms
from proof.transcript import transcripts
from pygments.style import Style  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

STATUS, GLOSSARY = "status.md", "glossary.md"
_books: dict[str, Book] = {}  # by configuration file: one process may build several sites


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).absolute().parent  # `mkdocs -f mkdocs.yml` leaves it relative


def _name(src_uri: str, config: MkDocsConfig) -> str:
    """A page's path below the project, as the record has it."""
    return (Path(config.docs_dir).relative_to(_root(config)) / src_uri).as_posix()


class _Styled(type(Style)):  # type: ignore[misc] # Pygments has no types
    def __iter__(cls) -> Iterator[tuple[object, dict[str, object]]]:
        return iter(())


class Unstyled(Style, metaclass=_Styled):
    """A style of Pygments without a rule: its classes are in the HTML, and the theme's sheet has the colours.

    With another one, Pygments makes a style sheet for each block, which nobody reads.
    """


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.mdx_configs.setdefault("pymdownx.highlight", {})["pygments_style"] = Unstyled
    config.extra["for_programs"] = True  # overrides/main.html names what on_post_build writes
    config.extra["search_in_parts"] = True  # overrides/main.html loads the script that asks them
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Read the record afresh for every build; ``mkdocs serve`` makes many."""
    try:
        found = [load(place(_root(config)))]
        if os.environ.get("GUIDE_COMMITTED") != "no":
            found.append(committed(_root(config)))
    except BadRecord as error:
        raise PluginError(str(error)) from error
    records = [record for record in found if record]
    _books[config.config_file_path] = Book(records, Checkout(_root(config)), transcripts_of(_root(config)))
    config.extra["nothing_ran"] = not records  # overrides/main.html says so, once a page


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    book = _books[config.config_file_path]
    book.status = next((page.url for page in nav.pages if page.file.src_uri == STATUS), "")
    book.places = {
        _name(page.file.src_uri, config): tuple(str(section.title) for section in list(page.ancestors)[::-1])
        for page in nav.pages
    }
    return nav


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Collect the blocks of all pages, so that the home and status pages can count them afterwards."""
    name = _name(page.file.src_uri, config)
    try:
        found = blocks(html)
    except ValueError as error:
        raise PluginError(f"{name}: {error}") from error
    title = str(page.meta.get("title") or page.title)  # the navigation's name for a page is short
    _books[config.config_file_path].add(name, title, page.url, page.meta, found, page.markdown or "")
    if page.file.src_uri == GLOSSARY:
        _books[config.config_file_path].terms = terms(html, page.url)
    if page.present_anchor_ids is not None:
        page.present_anchor_ids.update(block.name for block in found if block.name)  # links to them aren't broken
    return prepared(html, found, marks=bool(_books[config.config_file_path].records))


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Publish the record of what is shown, what ran, and what leads on from old addresses, once all pages are known."""
    book = _books[config.config_file_path]
    try:
        for address, html in redirects(book).items():
            files.append(File.generated(config, address, content=html))
    except ValueError as error:
        raise PluginError(str(error)) from error
    if book.records:
        text = json.dumps(book.whole(), indent=1, ensure_ascii=False) + "\n"
        files.append(File.generated(config, "verification.json", content=text))
    for address, html in transcripts(book, book.transcripts).items():
        files.append(File.generated(config, address, content=html))
    return env


def on_page_context(context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
    """Decorate what readers get. The search has indexed the page by now: plugins come before hooks."""
    book = _books[config.config_file_path]
    known = book.pages[_name(page.file.src_uri, config)]

    def link(url: str) -> str:
        return get_relative_url(url, page.url)

    marks = {state.block.anchor: block_state(state, link) for state in known.states} if book.records else {}
    if marks:
        marks["page"] = page_line(known, book, link(book.status) if book.status else "")
    try:
        html = above(marked(page.content or "", marks), known, book)
        html = shown_again(fill(html, book, link, known), known, book, link)
        page.content = explained(choosers(html), book.terms, known.url, link) + links(known, link)
    except LookupError as error:
        raise PluginError(f"{known.name}: {error}") from error
    return context


def on_post_build(config: MkDocsConfig) -> None:
    """Write what readers type into the search's index, put that in parts, and write the files for programs.

    The search's plugin has written its index by now: plugins come before hooks.
    """
    book, site = _books[config.config_file_path], Path(config.site_dir)
    try:
        found = asked.phrases(book)
        made = beside(book, config.site_name, config.site_description or "", config.site_url or "")
    except ValueError as error:
        raise PluginError(str(error)) from error
    index = site / "search" / "search_index.json"
    asked.index(index, found)
    if index.is_file():
        about = {
            page.url: search.About(book.places.get(page.name, ()), str(page.meta.get("description", "")))
            for page in book.pages.values()
        }
        search.write(index.parent, json.loads(index.read_text(encoding="utf-8"))["docs"], about)
        index.unlink()  # the theme's worker, which overrides/main.html replaces, would ask for it
    if config.site_url:
        made[FEED] = feed(book, config.site_name, config.site_url)
        _cards(book, config)
    for name, text in made.items():
        (site / name).write_text(text, encoding="utf-8", newline="\n")


def _cards(book: Book, config: MkDocsConfig) -> None:
    """The card of each page but home, which has a drawn one; overrides/main.html names them."""
    for page in [page for page in book.pages.values() if page.url.strip("./")]:
        path = Path(config.site_dir, "cards", twin.place(page)).with_suffix(".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(card(page, book, config.site_name))


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: object) -> LiveReloadServer:
    """Show a new run's states without a restart."""
    for path in (place(_root(config)), _root(config) / "tests" / "record"):
        if path.exists():
            server.watch(str(path))
    return server
