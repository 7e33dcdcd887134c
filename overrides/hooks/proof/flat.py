"""HTML of the record as Markdown: tables, lists, headings, links and the words of pictures."""

from __future__ import annotations

import re
from html.parser import HTMLParser

PARAGRAPHS = ("p", "ul", "ol", "table", "div", "section", "summary", "svg")


def flat(html: str) -> str:
    """``html`` as Markdown; what it has no word for is left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = re.sub(r"(?m)\[ +| +(?=\]\()| +$", lambda found: found[0].strip(), "".join(reader.parts))
    return re.sub(r"\n{3,}", "\n\n", re.sub(" {2,}", " ", text)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.cells = 0  # of the table's row that is open
        self.headed = False  # whether the open table has its head; Markdown knows none without, so the first row is it
        self.hidden = 0  # how many open elements have words that nobody is to read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.hidden or tag in ("svg", "form") or given.get("aria-hidden") == "true":
            if tag == "svg" and not self.hidden and given.get("aria-label"):
                self.parts += ["\n\n", given["aria-label"] or "", "\n\n"]
            self.hidden += 1
        elif tag in ("td", "th"):
            self.parts.append("| ")
            self.cells += 1
        elif tag == "tr":
            self.cells = 0
        elif tag == "table":
            self.headed = False
            self.parts.append("\n\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif re.fullmatch("h[1-6]", tag):
            self.parts.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "a":
            self.links.append(given.get("href") or "")
            self.parts.append("[")
        elif tag in ("code", "b", "strong"):
            self.parts.append("`" if tag == "code" else "**")
        elif tag == "br":
            self.parts.append(" ")
        elif tag in PARAGRAPHS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            self.hidden -= 1
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "tr":
            self.parts.append("|\n" if self.headed else f"|\n|{' --- |' * self.cells}\n")
            self.headed = True
        elif tag == "a":
            self.parts.append(f"]({self.links.pop()})")
        elif tag in ("code", "b", "strong"):
            self.parts.append("`" if tag == "code" else "**")
        elif tag in PARAGRAPHS or re.fullmatch("h[1-6]", tag):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
