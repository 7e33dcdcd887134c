"""Which files of a page something used: a file that nothing uses is shown, and not proven.

A file counts as used where it was opened after it was written *and* something means it: a later command or program, or
another file, names it, or runs a tool that looks for files of that name. So a command that passes over a whole folder
(``grep -r``, ``cp -r``, ``git add -A``, an sdist) uses nothing that it merely passes over.
An empty file can't be read: it counts where something means its folder, as with ``py.typed``.
What a container reads through a read-only mount moves no time: it counts as opened where a compose file that the page
ran mounts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from harness.page.block import Block
from harness.validate import compose

PACKAGERS = r"pip|pip-compile|pip-sync|pipenv|uvx?|poetry|pdm|hatch|build|pyproject-build|twine"
# File names that tools look for without being told, and words of those tools
SOUGHT = (
    (r"pyproject\.toml|setup\.(py|cfg)", rf"{PACKAGERS}|pytest|ruff|mypy|tox|nox|coverage"),
    (r"(test_.*|.*_test|conftest)\.py", r"pytest|unittest|tests?|tox|nox"),
    (r".*\.pyi?", "ruff|black|flake8|pylint|mypy|pyright|ty"),
    (r"pip\.(conf|ini)|[._]netrc|\.pypirc", rf"{PACKAGERS}|curl|keyring"),
    (r"(uv|poetry|pdm|hatch)\.(toml|lock)|pylock(\.[\w-]+)?\.toml|\.python-version", PACKAGERS),
    (r"Pipfile(\.lock)?", "pipenv"),
    (r"requirements\.(in|txt)", "pip-compile|pip-sync|pipenv|hatch|tox"),
    (r"\.git(ignore|attributes)", "git|hatch|uv"),
    (r"\.pre-commit-config\.yaml", "pre-commit|git"),
    (r"(GNU)?[Mm]akefile", "make"),
    (r"[0-9a-f]+_\w+\.py", "alembic"),
    (r"\.?[Jj]ustfile|noxfile\.py|tox\.(toml|ini)|[Tt]askfile\.ya?ml", "just|nox|tox|task"),
    (r"((Docker|Container)file|\.dockerignore|(docker-)?compose(\.[\w-]+)?\.ya?ml|\.env)", "docker|podman|compose"),
)
# A command of Compose that starts containers
STARTS = re.compile(r"(?<![\w-])(docker|podman)[ -]compose\b[^|;&]*\s(up|run|create|watch)(?![\w-])")
GLOB = re.compile(r"[^\s'\"|;&()]*[*?][^\s'\"|;&()]*")
IGNORED = (".*", "*.egg-info", "dist", "build", "__pycache__", "node_modules")
"""Folders whose files name their neighbours without using them: environments, caches, archives' lists."""


@dataclass
class Written:
    """A file as a block wrote it; ``since`` is how many commands had run before."""

    block: Block
    text: str
    since: int


@dataclass
class Usage:
    """What the page wrote, by title, and what its commands and programs said, in their order."""

    files: dict[str, Written] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    def ran(self, text: str) -> None:
        """Note the text of a command, a script or a program that the page ran."""
        self.commands.append(text)

    def wrote(self, block: Block, text: str) -> None:
        self.files[block.title] = Written(block, text, len(self.commands))

    def meant(self, title: str) -> bool:
        """Whether a command since the file was written, or another file, means it."""
        texts = self._texts(title)
        path = PurePosixPath(title)
        names = names_of(title) if self.files[title].text.strip() else [*names_of(title), path.parent.name]
        tools = "|".join(words for sought, words in SOUGHT if re.fullmatch(sought, path.name))
        globs = [word.rpartition("/") for word in GLOB.findall(texts)]
        return (
            says(names, texts)
            or bool(tools and re.search(rf"(?<![\w-])({tools})(?![\w-])", texts))
            or any(fnmatchcase(path.name, glob) for folder, _, glob in globs if folder or glob.strip("*?"))
        )

    def mounted(self, title: str) -> bool:
        """Whether a compose file mounts it read-only, and a command since the file was written starts that one."""
        if not STARTS.search("\n".join(self.commands[self.files[title].since :])):
            return False
        place = PurePosixPath(title)
        sources = (
            source
            for name, written in self.files.items()
            if name != title and compose.named(name)
            for source in compose.read_only(name, written.text)
        )
        folders = list(place.parents)[:-1]  # not the project, which holds every file
        return any(source in (place, *folders) for source in sources)

    def removed(self, title: str) -> bool:
        """Whether a command since the file was written names it or a folder of its path, so that it may be gone."""
        return says([*names_of(title), *PurePosixPath(title).parts[:-1]], self._texts(title))

    def _texts(self, title: str) -> str:
        others = [written.text for name, written in self.files.items() if name != title]
        return "\n".join([*self.commands[self.files[title].since :], *others])


def names_of(title: str) -> list[str]:
    """The words that mean the file ``title``: its name, a module's name, a package's for what makes it one."""
    path = PurePosixPath(title)
    if path.stem in ("__init__", "__main__") or path.name == "py.typed":
        return [path.name, path.parent.name]
    return [path.name, path.stem] if path.suffix in (".py", ".pyi") else [path.name]


def says(names: Iterable[str], text: str) -> bool:
    """Whether ``text`` has one of ``names`` as a separate word."""
    words = "|".join(re.escape(name) for name in names if name not in ("", "~"))
    return bool(words) and bool(re.search(rf"(?<![\w-])({words})(?![\w-])", text))
