"""The blocks of a Markdown text, as the site's own engine and configuration render them.

A recorder takes the place of superfences' preprocessor and leaves a placeholder for every fence; what reaches the
HTML was a block. Lines come from the same pass, so they are right inside tabs, lists, quotes and notes.
Source: pymdown-extensions 13, ``pymdownx.superfences`` (semi-private; tests/test_markup.py holds the cases).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import markdown
from pymdownx import snippets, superfences

from harness.page import stray
from harness.page.block import Block
from harness.page.scenario import TabSet
from harness.problem import Problem

SNIPPET = "--8<--"


@dataclass
class _Fence:
    line: int
    end: int
    indent: int
    language: str
    text: str
    options: dict[str, str]
    attributes: dict[str, str]


class _Recorder(superfences.SuperFencesBlockPreprocessor):
    fences: list[_Fence]
    formatter: Any

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        if self.formatter is not None:
            number = len(self.fences)
            text = self.rebuild_block(self.code).strip("\n")
            options = {k: str(v) for k, v in self.options.items()}
            if self.classes:
                options["class"] = " ".join(self.classes)
            self.fences.append(
                _Fence(
                    start + 1,
                    end,
                    len(self.ws),
                    self.lang or "",
                    text + "\n",
                    options,
                    {k: str(v) for k, v in self.attrs.items()},
                )
            )
            self.formatter = lambda **_: f'<div data-guide-block="{number}"></div>'
        super().process_nested_block(ws, content, start, end)


@dataclass
class _OpenSet:
    """A set of tabs that is being read: the tabs around it, blocks before it, its labels, its tab at hand."""

    within: tuple[str, ...]
    before: int
    labels: list[str] = field(default_factory=list)
    at: int = -1


class _Rendering(HTMLParser):
    """Which placeholders reached the HTML, under which tab labels, and what else looks like a code block."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[int, tuple[str, ...]]] = []
        self.strangers: list[str] = []
        self.stack: list[tuple[str, str]] = []
        self.sets: list[_OpenSet] = []
        self.tabs: list[TabSet] = []
        self.label: list[str] | None = None
        self.stranger: list[str] | None = None
        self.feed(html)

    def _path(self) -> tuple[str, ...]:
        """The labels of the tabs that are open."""
        return tuple(one.labels[one.at] for one in self.sets if one.at >= 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        classes = (named.get("class") or "").split()
        role = next((c for c in ("tabbed-set", "tabbed-block") if c in classes), "")
        if role == "tabbed-set":
            self.sets.append(_OpenSet(self._path(), len(self.found)))
        elif role == "tabbed-block":
            self.sets[-1].at += 1
        elif tag == "label" and self.sets:
            self.label = []
        elif tag == "pre":
            self.stranger = []
        if (number := named.get("data-guide-block")) is not None:
            self.found.append((int(number), self._path()))
        if tag not in self.VOID:
            self.stack.append((tag, role))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label" and self.label is not None:
            self.sets[-1].labels.append("".join(self.label).strip())
            self.label = None
        if tag == "pre" and self.stranger is not None:
            self.strangers.append("".join(self.stranger))
            self.stranger = None
        if tag not in {opened for opened, _ in self.stack}:
            return  # `<input />` ends what never was on the stack
        while self.stack:
            opened, role = self.stack.pop()
            if role == "tabbed-set":
                done = self.sets.pop()
                labels = tuple(dict.fromkeys(done.labels))
                self.tabs.append(TabSet(labels, done.within, done.before, len(self.found) - done.before))
            if opened == tag:
                break

    def handle_data(self, data: str) -> None:
        if self.label is not None:
            self.label.append(data)
        if self.stranger is not None:
            self.stranger.append(data)


@dataclass
class Markup:
    """The site's Markdown engine, set up once and used for many pages.

    ``extensions`` and ``configs`` are ``markdown_extensions`` and ``mdx_configs`` of mkdocs.yml.
    """

    extensions: list[Any]
    configs: dict[str, Any]
    _engines: dict[bool, tuple[markdown.Markdown, _Recorder]] = field(default_factory=dict)

    def _engine(self, with_snippets: bool) -> tuple[markdown.Markdown, _Recorder]:
        if with_snippets not in self._engines:
            md = markdown.Markdown(extensions=self.extensions, extension_configs=self.configs)
            if not with_snippets:
                for processor in md.preprocessors:
                    if isinstance(processor, snippets.SnippetPreprocessor):
                        processor.run = lambda lines: lines  # deregistering breaks md.reset()
            own = md.preprocessors["fenced_code_block"]
            recorder = _Recorder(md)
            recorder.config, recorder.extension = own.config, own.extension
            recorder.fences = []
            for entry in own.extension.superfences:
                if entry["name"] == "superfences":
                    entry["formatter"] = recorder.highlight
            md.preprocessors.register(recorder, "fenced_code_block", 25)
            self._engines[with_snippets] = (md, recorder)
        return self._engines[with_snippets]

    def _convert(self, body: str, with_snippets: bool) -> tuple[list[_Fence], _Rendering]:
        md, recorder = self._engine(with_snippets)
        md.reset()
        recorder.fences = []
        html = md.convert(body)
        return recorder.fences, _Rendering(html)

    def read(self, page: str, body: str, offset: int = 0) -> tuple[list[Block], list[TabSet]]:
        """Blocks and tabs of ``body`` in the order of the HTML; ``offset`` lines of front matter come before it.

        Raises Problem for a fence that doesn't render as one, an indented code block and a missing snippet.
        """
        body = body.replace("\r\n", "\n").replace("\r", "\n")
        plain, rendering = self._convert(body, with_snippets=False)
        _straighten(plain, body.split("\n"))
        shown = plain
        if SNIPPET in body:
            try:
                shown, rendering = self._convert(body, with_snippets=True)
            except snippets.SnippetMissingError as error:
                name = re.search(r"'(.+)'", str(error))
                line = stray.line_of(body, name.group(1) if name else SNIPPET) + offset
                raise Problem(f"{page}:{line}", str(error), "an existing file below the project") from None
            if len(shown) != len(plain):
                line = stray.line_of(body, SNIPPET) + offset
                raise Problem(
                    f"{page}:{line}",
                    "a snippet that brings fences of its own",
                    "snippets inside a fence only",
                    "write the fence in the page and include its text",
                )
        blocks = []
        for number, tabs in rendering.found:
            fence, source = shown[number], plain[number]
            blocks.append(
                Block(
                    page,
                    source.line + offset,
                    source.end + offset,
                    source.indent,
                    fence.language,
                    fence.text,
                    fence.attributes,
                    fence.options,
                    tabs,
                    fence.text != source.text,
                )
            )
        outside = stray.check(page, body, offset, blocks)
        if rendering.strangers:
            line = stray.line_of_code(outside, rendering.strangers[0]) + offset
            raise Problem(
                f"{page}:{line}",
                "a code block that isn't a fence (indented text or a <pre>)",
                "every code block as a fence with a language",
                "fence it, or indent it less",
            )
        return blocks, sorted(rendering.tabs, key=lambda tabs: (tabs.before, len(tabs.within)))


def _straighten(fences: list[_Fence], lines: list[str]) -> None:
    """Under ``preserve_tabs`` superfences takes a fence around nothing for one line more: what follows is too low."""
    shift = 0
    for fence in fences:
        fence.line, fence.end = fence.line - shift, fence.end - shift
        if fence.text == "\n" and fence.end - fence.line == 2 and stray.FENCE.match(lines[fence.line]):
            fence.end -= 1
            shift += 1
