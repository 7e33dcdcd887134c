"""A site built, and the code blocks of its HTML: what a reader sees, and nothing that the harness knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import jinja2
import libyaml  # noqa: F401
import mkdocs.theme
from click.testing import CliRunner, Result
from jinja2.bccache import Bucket
from mkdocs.__main__ import cli
from mkdocs.commands import build as building
from mkdocs.utils import DuplicateFilter
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]


class Compiled(jinja2.BytecodeCache):
    """The theme's templates, compiled once for all builds of this process: a third of what a small site takes."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


class Listed(jinja2.FileSystemLoader):
    """A theme's folders, looked through once; without the icons, 14,000 files of which MkDocs copies none."""

    def list_templates(self) -> list[str]:
        return _listed(tuple(self.searchpath))


@cache
def _listed(folders: tuple[str, ...]) -> list[str]:
    return [name for name in jinja2.FileSystemLoader(folders).list_templates() if not name.startswith(".")]


# MkDocs has no setting for either; a template that changes has another checksum, and is compiled again
OWN = {"Environment": partial(jinja2.Environment, bytecode_cache=Compiled()), "FileSystemLoader": Listed}
mkdocs.theme.jinja2 = SimpleNamespace(**{**vars(jinja2), **OWN})  # type: ignore[assignment]

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def build(root: Path, site: Path, **environment: str) -> Result:
    """Build the site of the project at ``root`` strictly; a build with warnings ends in red, its HTML is there.

    The command runs in this process, as ``mkdocs serve`` rebuilds in its own: to import it takes longer than a build.
    What MkDocs says once a process, it says once a build here.
    """
    for once in building.log.filters:
        if isinstance(once, DuplicateFilter):
            once.msgs.clear()
    command = ["build", "--strict", "--config-file", str(root / "mkdocs.yml"), "--site-dir", str(site)]
    settings = {"NO_MKDOCS_2_WARNING": "1", **environment}
    return CliRunner().invoke(cli, command, env=settings, catch_exceptions=False)


def named(language: str) -> str:
    """The language that the HTML names for a fence of ``language``: text where Pygments knows no such lexer."""
    try:
        get_lexer_by_name(language)
    except ClassNotFound:
        return "text"
    return language


@dataclass
class Shown:
    """One ``<div class="language-… highlight">``: its language, title, ``data-`` attributes and code."""

    language: str
    attributes: dict[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""


class Html(HTMLParser):
    """``blocks`` are the highlighted blocks of a page's article, ``others`` its ``<pre>`` outside of those.

    A block of another page that is shown again is neither.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocks: list[Shown] = []
        self.others: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)

    def _inside(self, role: str) -> bool:
        return any(r == role for _, r in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {k: v or "" for k, v in attrs}
        classes = named.get("class", "").split()
        role = ""
        if tag == "article":
            role = "article"
        elif not self._inside("article") or self._inside("again"):
            pass
        elif tag == "div" and "again" in classes:
            role = "again"
        elif tag == "div" and "highlight" in classes:
            role = "block"
            language = next((c[len("language-") :] for c in classes if c.startswith("language-")), "")
            self.blocks.append(Shown(language, {k: v for k, v in named.items() if k.startswith("data-")}))
        elif tag == "span" and "filename" in classes and self._inside("block"):
            role = "title"
        elif tag == "pre":
            role = "other" if not self._inside("block") else ""
            if role:
                self.others.append("")
        elif tag == "code" and self._inside("block"):
            role = "code"
        if tag not in VOID:
            self._open.append((tag, role))

    def handle_endtag(self, tag: str) -> None:
        while any(t == tag for t, _ in self._open) and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._inside("title"):
            self.blocks[-1].title += data
        elif self._inside("code"):
            self.blocks[-1].text += data
        elif self._inside("other"):
            self.others[-1] += data
