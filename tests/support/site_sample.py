"""The project of ``tests/sample``, a page of every kind of block, built with the real configuration, theme and hook.

Only for the tests of the site. Records are made here the way the harness writes them, from the HTML of a build
without the hook, so that neither the hook nor its reader is measured against itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import rendered
from bs4 import BeautifulSoup, Tag
from proof import contract

ROOT = Path(__file__).resolve().parents[2]
FIXED = ("index.md", "status.md", "how.md")
LINK = re.compile(r"\]\(([a-z][\w/-]*\.md)(#[\w-]+)?\)")  # to another page

CONFIGURATION = """\
INHERIT: {root}/mkdocs.yml
theme:
  custom_dir: {root}/overrides
hooks: {hooks}
watch: []
nav:
  - Home: index.md
  - pip:
      - pip/install.md
      - pip/other.md
  - Status: status.md
  - How this guide is checked: how.md
"""

# what became of the blocks of each page, in a record of its own
OUTCOMES = ("written", "compared", "compared", "not run", "compared", "compared", "written", "ran", "validated", "ran")
PAGES = {"index": ("compared",), "pip/install": OUTCOMES, "pip/other": ("compared", "ran", "written")}


@dataclass(frozen=True)
class Shown:
    """One block as a reader's browser has it."""

    language: str
    title: str
    attributes: dict[str, str]
    text: str
    tabs: tuple[str, ...] = ()

    @property
    def fence(self) -> str:
        """The language of its fence; Pygments knows none of the name txt and shows text."""
        return "txt" if self.language == "text" else self.language

    @property
    def digest(self) -> str:
        return contract.digest(self.fence, self.title, self.tabs, self.attributes, self.text)


@dataclass(frozen=True)
class Site:
    """A built site below ``path``; ``log`` is what the build printed."""

    path: Path
    log: str

    def page(self, name: str) -> BeautifulSoup:
        """The page made from ``docs/<name>.md``."""
        folder = self.path if name == "index" else self.path / name.removesuffix("/index")
        return self.parsed(folder / "index.html")

    @staticmethod
    def parsed(path: Path) -> BeautifulSoup:
        """A file of the site; copy it before you change it."""
        return _parsed(path, path.stat().st_mtime_ns)

    def blocks(self, name: str) -> list[Shown]:
        return [_shown(div) for div in self.page(name).select("div.highlight") if not div.find_parent(class_="again")]

    def states(self, name: str) -> list[str]:
        """The text at each block, in the order of the page; of a folded one the line that is always seen."""
        found = []
        for div in self.page(name).select("div.highlight"):
            state = div.find_next_sibling()
            assert isinstance(state, Tag) and "block-proof" in (state.get("class") or []), f"no state at {div}"
            found.append(words(state.summary or state).removesuffix(": see what ran"))
        return found

    def part(self, name: str) -> Any:
        """A part of the search's index, such as ``pages`` or ``text/0``."""
        text = (self.path / "search" / f"{name}.js").read_text(encoding="utf-8")
        own, data = json.loads(f"[{text.removeprefix('found(').removesuffix(')' + chr(10))}]")
        assert own == name
        return data

    def sections(self) -> dict[str, str]:
        """Address of each section that the search knows -> its text."""
        _, _, pages = self.part("pages")
        return {
            url + (anchor and f"#{anchor}"): text
            for number, (url, *_) in enumerate(pages)
            for anchor, _, text in self.part(f"text/{number}")[2]
        }

    def line(self, name: str) -> str:
        """The line under the title of a page, empty where there is none."""
        found = self.page(name).select_one("h1 + .page-proof")
        return words(found.summary or found) if found else ""


_shown_by: dict[str, dict[str, list[Shown]]] = {}  # by the digests of a project's files


@lru_cache(maxsize=128)
def _parsed(path: Path, written: int) -> BeautifulSoup:
    """The page at ``path``, for several questions to it; ``written`` is when, because sites are built again."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _shown(div: Tag) -> Shown:
    language = next(str(c)[len("language-") :] for c in div["class"] if str(c).startswith("language-"))
    title, code = div.select_one("span.filename"), div.select_one("pre > code")
    assert code is not None
    attributes = {name: str(value) for name, value in div.attrs.items() if name.startswith("data-")}
    return Shown(language, title.get_text() if title else "", attributes, code.get_text(), _tabs(div))


def _tabs(div: Tag) -> tuple[str, ...]:
    """The labels of the tabs around ``div``, outermost first."""
    found = []
    for tab in reversed(div.find_parents(class_="tabbed-block")):
        tab_set = tab.find_parent(class_="tabbed-set")
        assert tab_set is not None and tab.parent is not None
        place = tab.parent.find_all(class_="tabbed-block", recursive=False).index(tab)
        labels = tab_set.select(":scope > .tabbed-labels > label")
        found.append(words(labels[place]))
    return tuple(found)


@dataclass(frozen=True)
class Sample:
    """A project below ``root`` that borrows the real configuration, theme, assets and fixed pages.

    Where those lead to any other page of the guide, they lead to one of the sample's own: each page takes its time.
    """

    root: Path

    @classmethod
    def create(cls, root: Path) -> Sample:
        sample = cls(root)
        shutil.copytree(ROOT / "tests" / "sample", root, dirs_exist_ok=True)
        shutil.copytree(ROOT / "docs" / "assets", root / "docs" / "assets")
        for name in FIXED:
            text = (ROOT / "docs" / name).read_text(encoding="utf-8")
            sample.write(
                f"docs/{name}", LINK.sub(lambda link: link[0] if link[1] in FIXED else "](pip/other.md)", text)
            )
        return sample

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        self.write(name, text.replace(old, new))

    def build(self, hook: bool = True, record: str = ".work/record.json", before: str = "") -> Site:
        """Build strictly, with or without the hook; the record may be missing. ``before`` names a hook to run first."""
        hooks = [before] * bool(before) + [str(ROOT / "overrides" / "hooks" / "verification.py")] * hook
        self.write("mkdocs.yml", CONFIGURATION.format(root=ROOT, hooks=json.dumps(hooks)))
        return build(self.root, self.root / ("site" if hook else "plain"), self.root / record)

    def record(self, **entries: list[dict[str, Any]]) -> dict[str, Any]:
        """A record of the project as it is now, of one run named ``here``.

        ``entries`` gives what became of a block of install.md by ``b<index>``.
        """
        blocks: list[dict[str, Any]] = []
        for page, shown in self._plain().items():
            for index, (block, outcome) in enumerate(zip(shown, PAGES[page], strict=True)):
                run = {
                    "page": f"docs/{page}.md",
                    "index": index,
                    "run": "here",
                    "line": 1 + index,
                    "language": block.fence,
                    "scenario": "",
                    "python": "3.13",
                    "outcome": outcome,
                    "seconds": 0.41,
                    "notes": [],
                    "reason": "needs Windows" if outcome == "not run" else "",
                    "digest": block.digest,
                }
                own = entries.get(f"b{index}", [{}]) if page == "pip/install" else [{}]
                blocks += [run | changes for changes in own]
        recipe = ("recipes/service/app.py", "recipes/service/checks/app.py")
        front = {"tools": ["uv", "pip"], "python": ["3.9", "3.13"], "recipe": "service"}
        made = {"run": "here", "made": "2026-11-22T15:00:00Z", "seconds": 12.1}
        here = {
            "made": "2026-11-22T15:00:00Z",
            "world": "2026-11-20",
            "system": "Debian GNU/Linux 12, Linux 6.18, x86_64",
            "isolation": "bubblewrap",
            "tools": {"pip": "26.3", "uv": "0.13.9"},
            "pythons": {"3.9": "3.9.18", "3.13": "3.13.0"},
            "locks": self.digests("tests/locks/uv.txt"),
        }
        return {
            "format": 2,
            "made": "2026-11-22T15:00:00Z",
            "runs": {"here": here},
            "pages": {
                "docs/index.md": [made | {"front": {"tools": ["uv"]}, "files": {}}],
                "docs/pip/install.md": [made | {"front": front, "files": self.digests(*recipe)}],
                "docs/pip/other.md": [made | {"front": {"tools": ["pip"]}, "files": {}}],
            },
            "blocks": blocks,
        }

    def _plain(self) -> dict[str, list[Shown]]:
        """The blocks of each page with some in a site without the hook, which is built once for the same files."""
        files = [path for kind in ("docs/**/*.md", "recipes/**/*") for path in self.root.glob(kind) if path.is_file()]
        made_of = json.dumps(self.digests(*sorted(path.relative_to(self.root).as_posix() for path in files)))
        if made_of not in _shown_by:
            site = self.build(hook=False)
            _shown_by[made_of] = {page: site.blocks(page) for page in PAGES}
        return _shown_by[made_of]

    def transcript(
        self, page: str, scenario: str, commands: dict[int, list[dict[str, Any]]], locks: dict[str, str] | None = None
    ) -> str:
        """Store a run's transcript as the harness does; ``commands`` by block, ``locks`` by name. Its SHA-256."""
        blocks = [
            {"index": index, "language": "console", "title": "", "outcome": "compared", "reason": "", "commands": ran}
            for index, ran in commands.items()
        ]
        if locks:
            blocks[0]["locks"] = locks
        text = json.dumps({"page": page, "scenario": scenario, "python": "3.13", "blocks": blocks})
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.write(f".work/transcripts/{digest}.json", text)
        return digest

    def copy(self, folder: Path) -> Sample:
        """The same project elsewhere, to be changed."""
        shutil.copytree(self.root, folder / "project")
        return Sample(folder / "project")

    def digests(self, *names: str) -> dict[str, str]:
        return {name: hashlib.sha256((self.root / name).read_bytes()).hexdigest() for name in names}

    @property
    def kept(self) -> dict[str, Any]:
        """The record that is there."""
        data: dict[str, Any] = json.loads((self.root / ".work" / "record.json").read_text(encoding="utf-8"))
        return data

    def keep(self, record: dict[str, Any]) -> None:
        self.write(".work/record.json", json.dumps(record, indent=1))


def build(root: Path, target: Path, record: Path) -> Site:
    """The site of the project at ``root``, with its record; AssertionError with the log where the build fails."""
    done = rendered.build(root, target, GUIDE_RECORD=str(record))
    if done.exit_code:
        raise AssertionError(f"mkdocs ended with status {done.exit_code}:\n{done.output}")
    return Site(target, done.output)
