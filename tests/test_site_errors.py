"""The index of errors: each message that it lists is shown, in a block that ran, where its link leads."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup
from sections import below
from site_sample import Site, words


def pattern(message: str) -> re.Pattern[str]:
    """A message as an output may have it: ``…`` is anything within a line, and a space may be a line's end."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in message.split("…")]
    return re.compile(".*?".join(part for part in parts if part))


def test_every_message_is_shown_where_its_link_leads(site: Path) -> None:
    missing, counted = [], 0
    for row in Site.parsed(site / "errors" / "index.html").select("article tbody tr"):
        message, links = words(row.select("td code")[0]), row.select("td:nth-of-type(2) a")
        assert links, message
        for link in links:
            place, _, anchor = str(link["href"]).partition("#")
            page = Site.parsed((site / "errors" / place / "index.html").resolve())
            if not pattern(message).search(below(page, anchor)):
                missing.append(f"{message}: {link['href']}")
            counted += 1
    assert missing == []
    assert counted >= 50


def test_a_message_in_another_section_is_not_taken_for_shown() -> None:
    section = '<h2 id="{0}"></h2><div class="highlight">{1}</div>'
    html = section.format("a", "error: x") + section.format("b", "y")
    page = BeautifulSoup(f"<article>{html}</article>", "html.parser")
    assert pattern("error: …").search(below(page, "a"))
    assert not pattern("error: …").search(below(page, "b"))
