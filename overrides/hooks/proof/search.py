"""The search's index, in parts: readers fetch the words that they ask for and the pages that may answer, no more.

The theme's index has every page's text; on a slow phone it is worth three seconds before the first result. Its parts
are scripts, so that they load from a folder of files too. ``docs/assets/search.js`` asks them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from .asked import KEY

PARTS = 128  # of the words; those that begin with the same two letters are in the same part
TITLE = 5  # how much more a word counts in a title than in a text
# BM25's usual numbers: how soon a word's repetition stops to count, and how much a long text lowers it
SATURATION, LENGTH = 1.2, 0.75


def words(text: str) -> list[str]:
    """The words of a text as the page's script makes them of a question."""
    parts = re.sub(r"[^\w.@]+", " ", text.lower()).split()
    return [word for part in parts if (word := part.rstrip("."))]


# words that every page has: they are known, and lead nowhere
STOP = frozenset(
    words("""
    a able about across after all almost also am among an and any are as at be because been but by can cannot could dear
    did do does either else ever every for from get got had has have he her hers him his how however i if in into is it
    its just least let like likely may me might most must my neither no nor not of off often on only or other our own
    rather said say says she should since so some than that the their them then there these they this tis to too twas us
    wants was we were what when where which while who whom why will with would yet you your
    """)
)


@dataclass(frozen=True)
class About:
    """What else is known of a page: the areas that it is in, outermost first, and what it answers."""

    area: tuple[str, ...]
    description: str


def part(word: str) -> int:
    """In which part a word is: all that begin with the same two characters are in one."""
    first, second = (*map(ord, word[:2]), 0)[:2]
    return (first * 31 + second) % PARTS


def plain(html: str) -> str:
    """Lines of text without markup; those of code begin with a tab."""
    lines: list[str] = []
    for piece in re.split(r"(<pre>.*?</pre>)", html, flags=re.DOTALL):
        code = piece.startswith("<pre>")
        bare = unescape(re.sub(r"</?[a-z][^>]*>", "", piece if code else re.sub(r"</(?:p|li|ul|ol)>", "\n", piece)))
        found = (line.rstrip() if code else " ".join(line.split()) for line in bare.split("\n"))
        lines += [f"\t{line}" if code else line for line in found if line.strip()]
    return "\n".join(lines)


def write(folder: Path, docs: list[dict[str, Any]], about: Mapping[str, About]) -> None:
    """Write the parts below ``folder`` from the entries of the theme's index."""
    pages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for doc in docs:
        pages[doc["location"].partition("#")[0]].append(doc)
    sections = [doc for of in pages.values() for doc in of]
    texts = {
        f"text/{number}": [
            " › ".join(about[url].area) if url in about else "",
            about[url].description if url in about else "",
            [[doc["location"].partition("#")[2], doc["title"], plain(doc["text"])] for doc in of],
        ]
        for number, (url, of) in enumerate(pages.items())
    }
    parts = {f"words/{number}": of for number, of in enumerate(_postings(sections))}
    digest = hashlib.sha256(_json([texts, parts]).encode()).hexdigest()[:8]
    listed = [[url, of[0]["title"], len(of), of[0].get("boost", 1), *of[0].get(KEY, [])] for url, of in pages.items()]
    for name, data in {**texts, **parts, "pages": [digest, PARTS, listed]}.items():
        path = folder / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"found({_json(name)},{_json(data)})\n", encoding="utf-8")


def _postings(sections: list[dict[str, Any]]) -> list[dict[str, list[int]]]:
    """Part by part, word -> how far to the next section that has it, how much it counts there, and so on."""
    fields = (
        (TITLE, [words(plain(doc["title"])) for doc in sections]),
        (1, [words(plain(doc["text"])) for doc in sections]),
        (1, [words(" ".join(doc.get(KEY, []))) for doc in sections]),
    )
    weights: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for boost, texts in fields:
        for number, counts in enumerate(_counted(texts)):
            for word, weight in counts:
                weights[word][number] += boost * weight
    parts: list[dict[str, list[int]]] = [{} for _ in range(PARTS)]
    for word, of in sorted(weights.items()):
        listed: list[int] = []
        last = 0
        for number in sorted(of) if word not in STOP else ():
            listed += [number - last, max(1, round(10 * of[number]))]
            last = number
        parts[part(word)][word] = listed
    return parts


def _counted(texts: list[list[str]]) -> Iterable[list[tuple[str, float]]]:
    """Of each text its words, and how much each counts in it."""
    mean = sum(map(len, texts)) / max(1, sum(map(bool, texts)))
    for text in texts:
        long = SATURATION * (1 - LENGTH + LENGTH * len(text) / max(mean, 1))
        yield [(word, (SATURATION + 1) * times / (long + times)) for word, times in Counter(text).items()]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("\u2028", " ").replace("\u2029", " ")
