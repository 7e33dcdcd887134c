"""What the steps of one scenario share: its sandbox, what its commands did, the files that it wrote."""

from __future__ import annotations

from harness.compare.volatile import releases
from harness.kinds.wording import quoted
from harness.page.block import Block
from harness.page.outcome import Ran
from harness.problem import Problem
from harness.sandbox.sandbox import Sandbox
from harness.sandbox.shell import Result


class Steps:
    """The steps of one scenario.

    ``timeout`` is the page's, in seconds a command. ``written`` has the files that the page wrote, by title, to see
    whether anything uses them; ``commands`` what the page's commands did since somebody last emptied it; ``ended`` the
    ``page:line`` of the block whose command ended the page's shell; ``releases`` how pages name the sandbox's Pythons.
    """

    def __init__(self, sandbox: Sandbox, timeout: float) -> None:
        self.sandbox, self.timeout = sandbox, timeout
        self.written: dict[str, Block] = {}
        self.commands: list[Ran] = []
        self.ended = ""
        self.releases = releases(python.version for python in sandbox.equipment.interpreters.values())

    def limit(self, block: Block) -> float:
        """Seconds that one command of ``block`` may take."""
        return block.timeout or self.timeout

    def run(self, block: Block, shown: str, text: str = "", mode: str = "c") -> Result:
        """Run ``shown``, a command of the page, as ``text`` where the shell must get it in another form."""
        result = self.sandbox.run(text or shown, mode, self.limit(block))
        self.commands.append(Ran(shown, result.status, result.output, result.seconds))
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
        if self.sandbox.read(block.title) == text:
            return False
        self.write(block, block.title, text)
        # an access time in the past: whoever reads the file moves it (relatime), and unused() sees that
        self.sandbox.run(f"command -p touch -a -d @0 -- {quoted(self.sandbox.place(block.title))}", "x")
        self.written[block.title] = block
        return True

    def unused(self) -> list[Block]:
        """The blocks whose files no later step read, changed, moved or removed."""
        if self.sandbox.plain or self.sandbox.shell is None or self.sandbox.shell.ended:
            return []
        found = []
        for title, block in self.written.items():
            seen = self.sandbox.run(f"command -p stat -c %X -- {quoted(self.sandbox.place(title))}", "x")
            if seen.status == 0 and seen.output.strip() == "0":
                found.append(block)
        return found
