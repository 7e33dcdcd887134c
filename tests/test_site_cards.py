"""The picture of a page for those who are sent a link: its area, its title and what ran of it, drawn at each build."""

from __future__ import annotations

import re
import struct
import time
import zlib
from pathlib import Path

import pytest
from checkout import ROOT
from proof import cards
from proof.book import Book, Page
from proof.checkout import Checkout
from site_sample import Sample

# light and dark shades of a line of text are about as frequent as in print
INK = (0.0005, 0.2)


def pixels(png: bytes) -> list[bytes]:
    """The rows of shades of a card; its checksums are held."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, parts = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(name + data),)
        parts[name] = data
        at += length + 12
    assert struct.unpack(">IIBB", parts[b"IHDR"][:10]) == (1200, 630, 8, 3)
    assert len(parts[b"PLTE"]) == 3 * 48
    shades = zlib.decompress(parts[b"IDAT"])
    rows = [shades[n : n + 1201] for n in range(0, len(shades), 1201)]
    assert len(rows) == 630 and not any(row[0] for row in rows)
    assert max(shades) < 48
    return [row[1:] for row in rows]


def book(*places: str) -> Book:
    return Book([], Checkout(ROOT), places={"docs/x.md": places})


def page(title: str) -> Page:
    return Page("docs/x.md", title, "x/", {}, ())


def drawn(title: str) -> list[bytes]:
    return pixels(cards.card(page(title), book("Tasks", "Locks"), "Packaging Patterns"))


def test_every_page_that_a_link_is_sent_to_has_a_card(sample: Sample) -> None:
    site = sample.build()
    found = sorted(path.relative_to(site.path).as_posix() for path in site.path.glob("cards/**/*.png"))
    assert found == ["cards/how.png", "cards/pip/install.png", "cards/pip/other.png", "cards/status.png"]
    for name in ("how", "pip/install", "pip/other", "status"):
        (image,) = site.page(name).select("meta[property='og:image']")
        assert str(image["content"]) == f"https://guide.example.org/cards/{name}.png"
        pixels((site.path / "cards" / f"{name}.png").read_bytes())


def test_without_an_address_of_the_site_nobody_asks_for_cards(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL")
    assert not list(sample.build().path.glob("cards"))


def test_a_card_says_what_ran() -> None:
    assert cards.said(page("A title")) == "Python packaging, in commands that ran"


@pytest.mark.parametrize("title", ["Lock", "A long title, " * 5, "Wide " * 30])
def test_a_title_is_inside_the_card(title: str) -> None:
    rows = drawn(title)
    assert not any(any(row[:90]) or any(row[1155:]) for row in rows)
    ink = sum(bool(shade) for row in rows for shade in row) / (1200 * 630)
    assert INK[0] < ink < INK[1]
    assert not any(any(row) for row in rows[:60]) and not any(any(row) for row in rows[-60:])


def test_another_title_is_another_picture_and_the_same_one_the_same() -> None:
    assert drawn("Lock") == drawn("Lock") != drawn("Look")


def test_every_title_can_be_drawn_and_none_is_cut() -> None:
    titles = [
        found[1].strip('"')
        for path in (ROOT / "docs").rglob("*.md")
        if (found := re.search(r"^title: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    ]
    assert len(titles) > 100
    there = cards.letters()["title"].rows
    assert sorted({letter for title in titles for letter in title} - set(there)) == []
    long = cards.letters()["long title"]
    wrapped = {title: long.wrapped(title) for title in titles}
    assert [title for title, lines in wrapped.items() if len(lines) > 4] == []
    assert [title for title, lines in wrapped.items() if max(map(long.width, lines)) > 1200 - 2 * cards.EDGE] == []


def test_a_card_costs_little_of_what_a_page_may() -> None:
    drawn("Lock and install in every tool")  # reads the letters
    began = time.process_time()
    for number in range(20):
        cards.card(page(f"Lock and install in every tool, part {number}"), book("Tasks", "Locks"), "Packaging Patterns")
    assert (time.process_time() - began) / 20 < 0.016, "seconds; a build may take 0.08 for each page"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    monkeypatch.setenv("SITE_URL", "https://guide.example.org/")
    return Sample.create(tmp_path)
