"""MkDocs hook: each folder below ``recipes/`` becomes two archives beside the pages, ``<name>.zip`` and ``<name>.tar``.

They have the locks that the run of a page made; where readers choose among tools, those are files beside them.
Where a page links the first in a paragraph, there follow the command that fetches the second, the tree of its files,
the commands that write its locks, and its digest. The page is complete without them.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url
from proof.archive import archive, sizes, tarred
from proof.locking import locking, sentence
from proof.locks import locks
from proof.record import BadRecord, load, place, transcripts_of
from proof.rendered import Block, blocks
from proof.tree import shown, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

FOLDER = "recipes"
# a paragraph with a link to a file of this site; ``:`` would be another's
PARAGRAPH = re.compile(r'<p>(?:(?!</p>).)*?<a href="[^":]*?([\w.-]+)\.zip">(?:(?!</p>).)*</p>', re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    root = Path(config.config_file_path).absolute().parent
    try:
        made = locks(load(place(root)), transcripts_of(root), root)
    except BadRecord as error:
        raise PluginError(str(error)) from error
    for folder in sorted(path for path in (root / FOLDER).glob("*") if path.is_dir()):
        ways = made.get(folder.name, {})
        every = {name: text for of_way in reversed(ways.values()) for name, text in of_way.items()}
        own = next((of_way for of_way in ways.values() if of_way.keys() == every.keys()), {})  # else it has a choice
        files.append(File.generated(config, f"{FOLDER}/{folder.name}.zip", content=archive(folder, own)))
        files.append(File.generated(config, f"{FOLDER}/{folder.name}.tar", content=tarred(folder, own)))
        for name, text in {} if own else every.items():
            files.append(File.generated(config, f"{FOLDER}/{folder.name}/{name}", content=text))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    def described(found: re.Match[str]) -> str:
        file = files.get_file_from_path(f"{FOLDER}/{found[1]}.zip")
        if not file:
            return found[0]
        folder = f"{FOLDER}/{found[1]}/"
        beside = [one for one in files if one.src_uri.startswith(folder)]
        links = {one.src_uri.removeprefix(folder): get_relative_url(one.url, page.url) for one in beside}
        return found[0] + _description(file, config.site_url or "", _about(found[1], page, there), links)

    if not PARAGRAPH.search(html):
        return html
    try:
        # the hook ``verification`` names the blocks; without it there is nothing to lead to
        there = blocks(html) if config.extra.get("for_programs") else []
    except ValueError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error
    return PARAGRAPH.sub(described, html)


def _about(name: str, page: Page, found: list[Block]) -> list[Block]:
    """The blocks of a page that starts from the recipe ``name``; where each tab has its own, those of its tab.

    Empty where the page starts from none of this name.
    """
    named = page.meta.get("recipe")
    if not isinstance(named, dict):
        return found if named == name else []
    others = {label for label, recipe in named.items() if recipe != name}
    return [block for block in found if name in named.values() and not others & set(block.tabs)]


def _description(file: File, site: str, found: list[Block], beside: Mapping[str, str]) -> str:
    """What follows a download link; the command names the site's address, where the configuration has one.

    ``beside`` has the addresses of the locks that aren't in the archive.
    """
    zipped, name = file.content_bytes, Path(file.src_uri).name
    folder = name.removesuffix(".zip")
    listed = {path.partition("/")[2]: size for path, size in sizes(zipped).items()}
    address = f"{site.rstrip('/')}/{file.url.removesuffix('.zip')}.tar"
    command = f"curl -fsSL {address} | tar -xf - && cd {folder}"
    fetched = f'<pre class="download"><code>{escape(command)}</code></pre>' if site else ""
    return (
        f'{fetched}<details class="download" data-search-exclude><summary>{len(listed)} files, '
        f"{sum(listed.values()):,} bytes</summary>"
        f"{tree(listed, shown(found))}{sentence(locking(found, 'pyproject.toml' in listed), listed, beside)}"
        f"<p>SHA-256 of <code>{name}</code>: <code>{hashlib.sha256(zipped).hexdigest()}</code></p></details>"
    )
