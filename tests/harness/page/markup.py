"""The blocks of a Markdown text, as the site's own engine and configuration render them.

A recorder takes the place of superfences' preprocessor and leaves a placeholder for every fence; what reaches the
HTML was a block. Lines come from the same pass, so they are right inside tabs, lists, quotes and notes.
Source: pymdown-extensions 13, ``pymdownx.superfences`` (semi-private; tests/test_page_markup.py holds the cases).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import markdown
from pymdownx import snippets, superfences

from harness.page import stray
from harness.page.block import Block
from harness.page.prose import paragraph_below
from harness.page.rendering import Link, Rendering
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
    named: str


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
                    self.id or "",
                )
            )
            self.formatter = lambda **_: f'<div data-guide-block="{number}"></div>'
        super().process_nested_block(ws, content, start, end)


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
            for processor in md.preprocessors:
                if isinstance(processor, snippets.SnippetPreprocessor):
                    if with_snippets:
                        processor.get_snippet_path = _within(processor)
                    else:
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

    def _convert(self, body: str, with_snippets: bool) -> tuple[list[_Fence], Rendering]:
        md, recorder = self._engine(with_snippets)
        md.reset()
        recorder.fences = []
        html = md.convert(body)
        return recorder.fences, Rendering(html)

    def _fences(self, body: str) -> list[_Fence]:
        """The fences as they stand, without the snippets; what is around them needn't be converted for that."""
        md, recorder = self._engine(with_snippets=False)
        md.reset()
        recorder.fences = []
        lines = body.split("\n")
        for processor in md.preprocessors:
            lines = processor.run(lines)
        return recorder.fences

    def read(self, page: str, body: str, offset: int = 0) -> tuple[list[Block], list[TabSet], list[Link]]:
        """Blocks, tabs and links of ``body`` in the order of the HTML; ``offset`` lines of front matter come before it.

        Raises Problem for a fence that doesn't render as one, an indented code block and a missing snippet.
        """
        body = body.replace("\r\n", "\n").replace("\r", "\n")
        if SNIPPET not in body:
            shown, rendering = self._convert(body, with_snippets=False)
            plain = shown
        else:
            plain = self._fences(body)
            try:
                shown, rendering = self._convert(body, with_snippets=True)
            except _Outside as link:
                raise Problem(
                    f"{page}:{stray.line_of(body, link.path) + offset}",
                    f"a snippet of {link.path!r}, a link that leads to {link.target!r}",
                    "a file of the project",
                    "copy the file, or remove the link",
                ) from None
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
        lines = body.split("\n")
        _straighten(plain, lines)
        blocks = []
        for number, tabs, section in rendering.found:
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
                    paragraph_below(lines, source.end, source.indent),
                    fence.named,
                    section,
                )
            )
        outside = stray.check(page, body, offset, blocks)
        for number, how in rendering.hidden:
            raise Problem(
                f"{page}:{plain[number].line + offset}",
                f"a block that runs and that no reader sees ({how})",
                "every block in sight",
                "show it, or leave it out",
            )
        if rendering.strangers:
            line = stray.line_of_code(outside, rendering.strangers[0]) + offset
            raise Problem(
                f"{page}:{line}",
                "a code block that isn't a fence (indented text or a <pre>)",
                "every code block as a fence with a language",
                "fence it, or indent it less",
            )
        for odd in rendering.odd:
            raise Problem(f"{page}:{stray.line_of(outside, odd.needle) + offset}", odd.found, odd.expected, odd.todo)
        links = [replace(one, line=stray.line_of(outside, one.target) + offset) for one in rendering.links]
        return blocks, sorted(rendering.tabs, key=lambda tabs: (tabs.before, len(tabs.within))), links


class _Outside(Exception):
    """The snippet ``path`` is a link to ``target``, outside the folder that snippets may come from."""

    def __init__(self, path: str, target: str) -> None:
        self.path, self.target = path, target


def _within(processor: Any) -> Callable[[str], str | None]:
    """``processor.get_snippet_path`` that follows no link out of its base folders, as restrict_base_path would."""
    find, bases = processor.get_snippet_path, [Path(base).resolve() for base in processor.base_path]

    def found(path: str) -> str | None:
        place: str | None = find(path)
        if place and not any(Path(place).resolve().is_relative_to(base) for base in bases):
            raise _Outside(path, os.path.realpath(place))
        return place

    return found


def _straighten(fences: list[_Fence], lines: list[str]) -> None:
    """Under ``preserve_tabs`` superfences takes a fence around nothing for one line more: what follows is too low."""
    shift = 0
    for fence in fences:
        fence.line, fence.end = fence.line - shift, fence.end - shift
        if fence.text == "\n" and fence.end - fence.line == 2 and stray.FENCE.match(lines[fence.line]):
            fence.end -= 1
            shift += 1
