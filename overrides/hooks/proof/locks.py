"""The locks of recipes: what the runs of their pages made, as long as the recipe is what it was then."""

from __future__ import annotations

import json
from pathlib import Path

from .contract import digests, recipe_files
from .record import Entry, Page, Record


def locks(record: Record | None, transcripts: Path, root: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Recipe -> the way through a page (``uv``) -> name of each lock that was made on it -> its text.

    ``transcripts`` is the folder of what runs typed and made, ``root`` the project's. A committed record has none.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    pages = [page for each in (record.pages.values() if record else ()) for page in each if page.front.get("recipe")]
    for page in pages:
        entries = [entry for of_block in page.entries.values() for entry in of_block if entry.transcript]
        for entry in sorted({(e.scenario, e.python): e for e in entries}.values(), key=lambda e: e.python):
            name = _recipe(page, entry)
            if name and _same(page, root / "recipes" / name, root) and (made := _made(transcripts, entry)):
                found.setdefault(name, {}).setdefault(entry.scenario, {}).update(made)
    return found


def _recipe(page: Page, entry: Entry) -> str:
    """The recipe from which the page's way of ``entry`` starts."""
    named = page.front["recipe"]
    if not isinstance(named, dict):
        return str(named)
    return next((str(named[label]) for label in entry.scenario.split(", ") if label in named), "")


def _same(page: Page, folder: Path, root: Path) -> bool:
    """Whether the recipe in ``folder`` has the files that the run of ``page`` began with."""
    then = {path: made for path, made in page.files.items() if path.startswith(f"recipes/{folder.name}/")}
    return folder.is_dir() and then == digests(recipe_files(folder), root)


def _made(transcripts: Path, entry: Entry) -> dict[str, str]:
    """What the blocks of a run made; nothing where its transcript is gone, of which ``transcript`` warns."""
    try:
        data = json.loads((transcripts / f"{entry.transcript}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: text for block in data["blocks"] for name, text in block.get("locks", {}).items()}
