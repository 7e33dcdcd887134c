"""One scenario's machine: fresh project folder and home, cleared environment, own network, nothing left afterwards."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from harness.machine.needs.need import Gift
from harness.problem import Problem
from harness.sandbox import bounds, isolation, recipe, strays
from harness.sandbox.equipment import ASIDE, Equipment, Link, environment
from harness.sandbox.limits import ControlGroups
from harness.sandbox.mounts import HOME, PROJECT, Mount
from harness.sandbox.places import constant
from harness.sandbox.powershell import PowerShell
from harness.sandbox.shell import Result, Shell

PATIENCE = 120  # seconds for what takes milliseconds on an idle machine

# each process with its command line; the last line names the shell's own
LISTING = r"""{ for p in /proc/[0-9]*; do
  echo "${p#/proc/} $(command -p tr '\0\n' '  ' <"$p/cmdline")"
done; } 2>/dev/null
echo "self $$ $BASHPID" """


class Sandbox:
    """A context manager; ``name`` is part of its folder's. Public paths are as the page's shell sees them."""

    def __init__(
        self,
        equipment: Equipment,
        link: Link,
        name: str,
        python: str,
        recipe_folder: Path | None = None,
        gift: Gift | None = None,
    ) -> None:
        self.equipment, self.link, self.python = equipment, link, python
        self.gift = gift or Gift()
        sandboxes = equipment.run / "sandboxes"
        sandboxes.mkdir(exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name[:40]}-", dir=sandboxes))  # one run may open a name twice
        self.plain = equipment.level == "plain"
        self.home = strays.short(self.folder, strays.HOME) if self.plain else HOME
        self.project = f"{self.home}/project" if self.plain else PROJECT
        self.aside = str(self.folder / "aside") if self.plain else ASIDE
        self.scratch = strays.short(self.folder, strays.TEMPORARY) if self.plain else "/tmp/guide"
        self.recipe_folder = recipe_folder
        self.limit = ControlGroups(bounds.PROCESSES)
        self.shell: Shell | PowerShell | None = None

    def __enter__(self) -> Sandbox:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        aside = self.folder / "aside"
        aside.mkdir()
        shutil.copy(self.equipment.certificate, aside / "ca.pem")
        for program in ("pycode/child.py", "typist.py"):
            shutil.copy(Path(__file__).parents[1] / "kinds" / program, aside)
        if self.recipe_folder:
            recipe.copy(self.recipe_folder, aside / "recipe")
        env = environment(self.equipment, self.link, self.python, self.home, self.aside, self.scratch, self.gift)
        if self.plain:
            Path(self.project).mkdir()
            if sys.platform == "win32":
                self.shell = PowerShell(env, self.project, self.folder)
            else:
                self.shell = Shell([*self.limit.command, *supervised()], env, self.project, signal.SIGTERM)
        else:
            mounts = [Mount(aside, self.aside), Mount(self.equipment.tools, "/opt/tools"), *self.equipment.pythons]
            mounts += [Mount(*pair) for pair in self.gift.mounts]
            root = self.folder / "root"
            inside = isolation.contained(self.equipment.level, mounts, env, self.equipment.etc, root)
            command = isolation.networked(inside, self.link.forwarder)
            self.shell = Shell([*self.limit.command, *command], {"PATH": os.environ.get("PATH", os.defpath)})
        first = self.run(":", mode="x", timeout=PATIENCE)
        if first.ended or first.status:
            raise Problem(
                "sandbox",
                f"it did not start ({first.output.strip()[-500:] or first.ended})",
                f"a shell at isolation level {self.equipment.level}",
                "try GUIDE_ISOLATION=plain to see whether the level is the cause",
            )
        for port, target in self.gift.ports.items():
            self.link.publish(port, target)
        self.link.started(own_network=not self.plain)
        for name, text in self.gift.home.items():
            if (written := self.write(f"~/{name}", text)).status:
                raise Problem(
                    f"~/{name}", f"it can't be written ({written.output.strip()})", "a file that a need gives"
                )
        if self.recipe_folder and isinstance(self.shell, PowerShell):
            recipe.copy(self.recipe_folder, Path(self.project))
        elif self.recipe_folder:
            copied = self.run(
                f"command -p cp -R '{self.aside}/recipe/.' '{self.project}' && chmod -R u+w '{self.project}'", mode="x"
            )
            if copied.status:
                raise Problem(str(self.recipe_folder.name), f"it can't be copied ({copied.output.strip()})", "a recipe")

    def run(self, text: str, mode: str = "c", timeout: float = 120.0) -> Result:
        """Run in the page's shell (:class:`.shell.Shell`); machine paths in the output become constant."""
        assert self.shell is not None
        result = self.shell.run(text, mode, timeout)  # type: ignore[arg-type]
        result.output = self._constant(result.output)
        result.message = self._constant(result.message)  # what a Python block printed is in it
        return result

    def _constant(self, output: str) -> str:
        if not self.plain:
            return output
        places = [(self.home, HOME), (str(self.equipment.tools), "/opt/tools"), (str(self.equipment.etc), "/etc")]
        places += [(str(source), target) for source, target in self.gift.mounts]
        places += [(str(i.prefix), f"/opt/python/{minor}") for minor, i in self.equipment.interpreters.items()]
        return constant(output, places)

    def date(self, day: dt.date) -> None:
        """Begin ``day`` for clocks that can be set (:mod:`harness.machine.needs.clock`), in what starts from now on.

        The file is libfaketime's: a process begins at that second, and its time goes on from there (faketime(1)).
        """
        draft = self.folder / "day"
        draft.write_text(f"@{day} 00:00:00\n", encoding="ascii")
        draft.replace(self.folder / "aside" / "day")

    @property
    def process(self) -> int:
        """The machine's number of a process in the sandbox's network."""
        assert self.shell is not None
        return self.shell.process.pid

    @property
    def interpreter(self) -> str:
        """The page's Python as it was installed, whatever environment the page has activated."""
        python = self.equipment.interpreters[self.python]
        name = python.executable.relative_to(python.prefix)
        return str(python.executable) if self.plain else f"/opt/python/{self.python}/{name}"

    def place(self, title: str) -> str:
        """The path in the sandbox that a block's title names: below the project, or ``~/`` below the home."""
        if title.startswith(self.scratch):
            return title
        return f"{self.home}/{title[2:]}" if title.startswith("~/") else f"{self.project}/{title}"

    def write(self, title: str, text: str) -> Result:
        """Write a titled file through the page's shell, with the rights of the page's user."""
        assert self.shell is not None
        result = self.shell.write(self.place(title), text)
        result.output = self._constant(result.output)
        return result

    def read(self, title: str) -> str | None:
        """The text of a titled file, None where there is none; this doesn't count as a use of it (its access time)."""
        if isinstance(self.shell, PowerShell):
            place = Path(self.place(title))
            return place.read_text(encoding="utf-8") if place.is_file() else None
        path = self.place(title).replace("'", "'\\''")
        silent = f"command -p dd if='{path}' iflag=noatime bs=1M status=none 2>/dev/null"
        text = f"[[ -f '{path}' ]] && {{ {silent} || command -p cat -- '{path}'; }}"
        result = self.run(text, mode="x", timeout=PATIENCE)
        return result.output if result.status == 0 else None

    @property
    def alive(self) -> bool:
        return self.shell is not None and not self.shell.ended

    def left_running(self) -> list[str]:
        """Command lines of the processes that the page started and did not end, a second's grace given."""
        if self.plain or not self.alive:
            return []
        found: list[str] = []
        for _ in range(10):
            found = self._processes()
            if not found:
                break
            time.sleep(0.1)
        return found

    def _processes(self) -> list[str]:
        listing = self.run(LISTING, mode="x", timeout=PATIENCE).output.splitlines()
        own = set(listing[-1].split()[1:]) if listing else set()
        rows = [(number, command.strip()) for number, _, command in (line.partition(" ") for line in listing[:-1])]
        harness = ("bwrap ", "tr \\0", "bash -c set -e")
        return [
            command for number, command in rows if command and number not in own and not command.startswith(harness)
        ]

    def kill(self) -> None:
        """End the page's shell from another thread; whoever waits for a command sees the shell end."""
        if self.shell is not None:
            self.shell.kill()

    def close(self) -> None:
        """Kill what runs, remove what was made."""
        if self.shell is not None:
            self.shell.close()
        self.limit.close()
        if self.plain:
            strays.remove(self.folder)  # a page that killed its supervisor got out of its reach
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def supervised() -> list[str]:
    """The command line below which, without namespaces, nothing outlives this process, the harness."""
    program = Path(__file__).with_name("supervisor.py")
    bound = ["prlimit", f"--data={bounds.DATA_BYTES}", "--core=0"] if shutil.which("prlimit") else []
    return [sys.executable, "-I", "-S", str(program), str(os.getpid()), *bound]
