"""The locks that a page makes of the recipe from which it starts, for the recipe's download."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from proof import contract

from harness.sandbox.sandbox import Sandbox

DECLARES = ("pyproject.toml", "Pipfile")  # the files that a lock is made from, beside requirements and scripts


class Locks:
    """What a page makes of the recipe in ``folder`` (None where it starts from none) in its ``sandbox``."""

    def __init__(self, folder: Path | None, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        own = [(path.relative_to(folder), path) for path in contract.recipe_files(folder)] if folder else []
        names = {PurePosixPath(name.as_posix()): path for name, path in own}
        self.declared = {
            str(name): path.read_text(encoding="utf-8")
            for name, path in names.items()
            if name.name in DECLARES or name.suffix in (".in", ".py") and name.parent == PurePosixPath()
        }
        wanted = [*contract.LOCKS] if self.declared else []
        for name in self.declared:  # what pip-compile and uv lock --script call their output
            wanted += [f"{name.removesuffix('.in')}.txt"] if name.endswith(".in") else []
            wanted += [f"{name}.lock"] if name.endswith(".py") else []
        self.wanted = [name for name in wanted if PurePosixPath(name) not in names]

    def made(self) -> dict[str, str]:
        """The locks that are there since the last call: name -> text.

        None from the first change on of what the recipe declares: a later lock is another project's.
        """
        if not self.wanted:
            return {}
        if any(self.sandbox.read(name) != text for name, text in self.declared.items()):
            self.wanted = []
            return {}
        found = {name: text for name in self.wanted if (text := self.sandbox.read(name)) is not None}
        self.wanted = [name for name in self.wanted if name not in found]
        return found
