"""What the steps of one scenario share: its sandbox, what its commands did, the files that it wrote."""

from __future__ import annotations

from typing import Literal

from harness.compare.volatile import releases
from harness.kinds.jobs import Jobs
from harness.kinds.masks import Masks
from harness.kinds.usage import IGNORED, Usage, names_of
from harness.kinds.wording import quoted
from harness.page.block import Block
from harness.page.outcome import Ran
from harness.problem import Problem
from harness.sandbox.sandbox import Sandbox
from harness.sandbox.shell import Result


class Steps:
    """The steps of one scenario.

    ``timeout`` is the page's, in seconds a command. ``commands`` is what the page's commands did since somebody last
    emptied it; ``ended`` the ``page:line`` of the block whose command ended the page's shell. ``usage`` knows the files
    that the page wrote; ``wasted`` has the blocks of those that were written over before anything used them.
    ``jobs`` holds the CI files that the page shows against what it ran.
    ``releases`` is how pages name the sandbox's Pythons; ``hidden`` the failures that the block at hand hides.
    """

    def __init__(self, sandbox: Sandbox, timeout: float) -> None:
        self.sandbox, self.timeout = sandbox, timeout
        self.usage, self.jobs = Usage(), Jobs()
        self.wasted: list[Block] = []
        self.commands: list[Ran] = []
        self.ended = ""
        self.masks, self.hidden = Masks(), list[str]()
        self.releases = releases(python.version for python in sandbox.equipment.interpreters.values())

    def limit(self, block: Block) -> float:
        """Seconds that one command of ``block`` may take."""
        return block.timeout or self.timeout

    def run(self, block: Block, shown: str, text: str = "", mode: str = "c", means: str = "") -> Result:
        """Run ``shown``, a command of the page, as ``text`` where the shell must get it in another form.

        ``means`` is what may name files where that isn't ``shown``, such as the text of a program.
        """
        self.usage.ran(means or shown)
        self.jobs.ran(means or shown)
        result = self.sandbox.run(text or shown, mode, self.limit(block))
        self.commands.append(Ran(shown, result.status, result.output, result.seconds))
        if mode != "x":
            self.hidden += self.masks.of(block, shown, result.status, result.message)
        if result.ended:
            self.ended = block.where
        return result

    def whole(self, texts: list[str]) -> int:
        """Number of the first of ``texts`` that the page's bash takes for whole commands, -1 for none; runs none."""
        for number, text in enumerate(texts):  # a function can't be defined around a command that goes on
            body = quoted(f"__guide_whole() {{\n{text}\n}}")
            if self.sandbox.run(f"builtin eval {body} 2>/dev/null", "x").status == 0:
                return number
        return -1

    def known(self, word: str) -> bool:
        """Whether ``word`` names a program, a function, an alias or a builtin in the page's shell."""
        kind = self.sandbox.run(f"builtin type -t -- {quoted(word)}", "x").output.strip()
        return kind in ("file", "function", "alias", "builtin")

    def write(self, block: Block, title: str, text: str) -> None:
        """Write a file of ``block``. Raises Problem where the page's user can't."""
        result = self.sandbox.write(title, text)
        if result.status or result.ended:
            why = result.output.strip() or result.ended
            raise Problem(block.where, f"{title} can't be written: {why}", "a path that the page's user can write to")

    def put(self, block: Block, text: str) -> bool:
        """Write ``text`` to the file that ``block`` is titled after; False, and nothing done, where it says so already.

        Raises Problem where it can't be written.
        """
        title = block.title
        if self.sandbox.read(title) == text:
            return False
        before = self.usage.files.get(title)
        if before and before.text.strip() and block.language != "diff" and not self.sandbox.plain:
            # what it held is gone now; a diff on the other hand shows what it needs of it
            untouched = self._states([title])[title] == "untouched" and not self.jobs.proves(title)
            self.wasted += [before.block] if untouched and not self.usage.mounted(title) else []
        self.write(block, title, text)
        # an access time in the past: whoever reads the file moves it (relatime), and _state() sees that
        self.sandbox.run(f"command -p touch -a -d @0 -- {quoted(self.sandbox.place(title))}", "x")
        self.usage.wrote(block, text)
        return True

    def unused(self) -> list[tuple[Block, Problem]]:
        """The blocks whose files nothing on the page used, and why they don't count as used."""
        if self.sandbox.plain or not self.sandbox.alive:
            return []
        usage, states = self.usage, self._states(list(self.usage.files))
        found = [(block, _unused(block, ", and a later block overwrites it")) for block in self.wasted]
        for title, written in usage.files.items():
            if self.jobs.proves(title):
                continue
            if (
                states[title] == "untouched"
                and written.text.strip()
                and not usage.mounted(title)
                or states[title] == "gone"
                and not usage.removed(title)
            ):
                found.append((written.block, _unused(written.block)))
            elif states[title] != "gone" and not usage.meant(title) and not self._named_on_disk(title):
                why = ": nothing names it, so a command at most passed over it with all that is in its folder"
                found.append((written.block, _unused(written.block, why)))
        return found

    def _states(self, titles: list[str]) -> dict[str, Literal["gone", "untouched", "opened"]]:
        """What became of files that the page wrote: whether they are still there, and whether something opened them."""
        paths = [quoted(self.sandbox.place(title)) for title in titles]
        tests = "; ".join(f"command -p stat -c %X -- {path} || echo gone" for path in paths)
        times = self.sandbox.run(f"{{ {tests or ':'}; }} 2>/dev/null", "x").output.split()
        return {
            title: "gone" if time == "gone" else "untouched" if time == "0" else "opened"
            for title, time in zip(titles, times, strict=True)
        }

    def _named_on_disk(self, title: str) -> bool:
        """Whether another file of the project names the file: one of the page's start folder, or that a tool made."""
        skipped = " ".join(f"--exclude-dir={quoted(folder)}" for folder in IGNORED)
        names = " ".join(f"-e {quoted(name)}" for name in names_of(title))
        path, project = quoted(self.sandbox.place(title)), quoted(self.sandbox.project)
        search = f"command -p grep -rIlwF {skipped} {names} -- {project} | command -p grep -vqxF -- {path}"
        return self.sandbox.run(search, "x").status == 0


def _unused(block: Block, why: str = "") -> Problem:
    found = f"nothing on the page uses {block.title}{why}"
    return Problem(block.where, found, "a later step that reads it, so that the file is proven, not only shown")
