"""The glossary's words, each linked with what it means where a page has it first; the glossary is their home."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape

ENTRY = re.compile(r'<h3 id="([^"]+)">(.*?)(?:<a class="headerlink".*?)?</h3>\s*<p>(.*?)</p>', re.DOTALL)
MARKUP = re.compile(r"<[^>]+>")
TOKEN = re.compile(r"<!--.*?-->|<[^>]+>|[^<]+", re.DOTALL)
# what is code, leads elsewhere already, or names what follows
CLOSED = frozenset(re.findall(r"\w+", "a abbr button code h1 h2 h3 h4 label option pre script style summary svg td th"))


@dataclass(frozen=True)
class Term:
    """One entry: the ``words`` that mean it, its address below the site's root, and its first sentence."""

    words: tuple[str, ...]
    url: str
    meaning: str


def terms(html: str, url: str) -> list[Term]:
    """The entries of the glossary's page: a heading with its words, and a paragraph that begins with what it means."""
    found = []
    for anchor, title, text in ENTRY.findall(html):
        names = tuple(name.strip() for name in unescape(MARKUP.sub("", title)).split(","))
        names += tuple(f"{name[:-1]}ies" for name in names if name.endswith("y"))
        meaning = " ".join(unescape(MARKUP.sub("", text)).split()).partition(". ")[0].rstrip(".") + "."
        found.append(Term(names, f"{url}#{anchor}", meaning))
    return found


def explained(html: str, known: Sequence[Term], url: str, link: Callable[[str], str]) -> str:
    """The page with a link at the first place where its prose has a term; home and glossary stay as they are."""
    left = (
        {}
        if not url or (known and known[0].url.partition("#")[0] == url)
        else {word.lower(): t for t in known for word in t.words}
    )
    if not left:
        return html
    any_word = re.compile(
        rf"(?<![\w./-])({'|'.join(map(re.escape, sorted(left, key=len, reverse=True)))})s?(?![\w/-])", re.I
    )
    done: set[str] = set()

    def linked(match: re.Match[str]) -> str:
        term = left[match[1].lower()]
        if term.url in done:
            return match[0]
        done.add(term.url)
        return f'<a class="term" href="{escape(link(term.url))}" title="{escape(term.meaning)}">{match[0]}</a>'

    parts, closed, below = [], 0, False
    for token in TOKEN.findall(html):
        if token[0] != "<":
            parts.append(token if closed or not below else any_word.sub(linked, token))
            continue
        name = token.strip("</> ").split()[0].rstrip("/").lower() if token[1:2] != "!" else ""
        if name in CLOSED:
            closed += -1 if token.startswith("</") else 1
        below = below or token == "</h1>"  # what comes before the title is the theme's
        parts.append(token)
    return "".join(parts)
