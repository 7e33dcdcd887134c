"""Blocks of other pages that a page shows again: a link with ``data-show``, alone in its paragraph, to a block's name.

    [Add a package with Poetry](../tasks/add-remove.md#add-poetry){data-show="commands"}

The block runs on its own page alone; the site puts it, its proof and its page's name in the link's place.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from proof.answers import NUMBERED, SHOW

from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.page import Page
from harness.page.rendering import Link
from harness.problem import Problem

FORM = '[text](page.md#name){data-show="' + '" or "'.join(SHOW) + '"}, alone in its paragraph'


def check(page: Page, markup: Markup) -> None:
    """Raise Problem for two blocks of ``page`` with one name, and for a link that names no block to be shown."""
    names(page)
    homes = {page.path.resolve(): page}
    for link in page.links:
        if "data-show" in link.attributes:
            _check(page, link, homes, markup)


def names(page: Page) -> dict[str, Block]:
    """The blocks of ``page`` by what links call them. Raises Problem where two have one name, or a name is a number."""
    found: dict[str, Block] = {}
    for block in page.blocks:
        if NUMBERED.fullmatch(block.name):
            raise Problem(block.where, f"a block with the id {block.name!r}", "a name; the site numbers the blocks")
        if block.name in found:
            where = found[block.name].where
            raise Problem(block.where, f"a second block with the name {block.name!r}", f"one; the first is at {where}")
        if block.name:
            found[block.name] = block
    return found


def _check(page: Page, link: Link, homes: dict[Path, Page], markup: Markup) -> None:
    where, what = f"{page.name}:{link.line}", link.attributes["data-show"]
    address = urlsplit(link.target)
    name = unquote(address.fragment)
    if what not in SHOW:
        raise Problem(where, f"data-show={what!r}", "one of " + ", ".join(SHOW))
    if not link.alone:
        raise Problem(where, f"data-show on a link to {link.target!r} with something beside it", FORM)
    if address.scheme or address.netloc or not name:
        raise Problem(where, f"data-show on a link to {link.target!r}", "a page and the name of a block of it", FORM)
    if NUMBERED.fullmatch(name):
        found = f"{name!r}, the number of a block, which changes when a block is added before it"
        raise Problem(where, found, "its name: task-tool, or the id in its fence's braces ({.console #id})")
    path = Path(os.path.normpath(page.path.parent / unquote(address.path))) if address.path else page.path
    if not path.is_file() or not path.is_relative_to(page.project.docs):
        raise Problem(where, f"a block of {address.path!r}, which is no page", "a page below docs/")
    home = homes.get(path.resolve()) or Page.read(page.project, path, markup)
    homes[path.resolve()] = home
    blocks = names(home)
    if name not in blocks:
        known = ", ".join(sorted(blocks)) or "none"
        raise Problem(where, f"no block of {home.name} has the name {name!r}", "one that has", f"it has: {known}")
    if what == "commands" and blocks[name].language != "console":
        raise Problem(where, f"the commands of a {blocks[name].language} block", "a console block", 'data-show="block"')
