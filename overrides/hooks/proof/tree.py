"""The files of a recipe as a tree: a line a file, which leads to the block that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from .rendered import Block


def shown(found: Iterable[Block]) -> dict[str, str]:
    """Path of each file that a page shows, a change of it aside -> the anchor of the first block that does."""
    anchors: dict[str, str] = {}
    for block in found:
        if block.title and block.language != "diff":
            anchors.setdefault(block.title, block.anchor)
    return anchors


def tree(sizes: Mapping[str, int], anchors: Mapping[str, str]) -> str:
    """The files with these ``sizes`` by path, folders first; a folder with nothing but a folder takes its line."""
    return f'<ul class="tree">{_level(sizes, "", anchors)}</ul>'


def _level(sizes: Mapping[str, int], above: str, anchors: Mapping[str, str]) -> str:
    folders: dict[str, dict[str, int]] = {}
    files = []
    for path, size in sizes.items():
        folder, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(folder, {})[rest] = size
        else:
            files.append(_file(path, above, size, anchors))
    return "".join([*(_folder(name, inside, above, anchors) for name, inside in folders.items()), *files])


def _folder(name: str, inside: Mapping[str, int], above: str, anchors: Mapping[str, str]) -> str:
    while len(firsts := {path.partition("/")[:2] for path in inside}) == 1 and (only := firsts.pop())[1]:
        inside = {path.partition("/")[2]: size for path, size in inside.items()}
        name += f"/{only[0]}"
    return f"<li><code>{escape(name)}/</code><ul>{_level(inside, f'{above}{name}/', anchors)}</ul></li>"


def _file(name: str, above: str, size: int, anchors: Mapping[str, str]) -> str:
    words = f"<code>{escape(name)}</code>"
    anchor = anchors.get(above + name)
    link = f'<a href="#{anchor}">{words}</a>' if anchor else words
    return f"<li>{link} <small>{size:,} bytes</small></li>"
