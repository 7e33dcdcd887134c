"""What pages may need of their machine: the word of their front matter -> the need. One file and one line each.

Where a need is missing the page is not run; where it gives something, runner, sandbox and record know it already.
"""

from __future__ import annotations

from harness.machine.needs.clock import Clock
from harness.machine.needs.compiler import Compiler
from harness.machine.needs.container_engine import ContainerEngine
from harness.machine.needs.debian_archive import DebianArchive
from harness.machine.needs.need import Need
from harness.machine.needs.no_proxy import NoProxy
from harness.machine.needs.python import Python
from harness.machine.needs.system_python import SystemPython
from harness.machine.pythons import MINORS

NEEDS: dict[str, Need] = {
    "clock": Clock(),
    "container-engine": ContainerEngine(),
    "debian-archive": DebianArchive(),
    "no-proxy": NoProxy(),
    "system-python": SystemPython(),
    **{f"python-{minor}": Python(minor) for minor in MINORS},
    **{f"c-compiler-{minor}": Compiler(minor) for minor in MINORS},
}


def facts(names: list[str]) -> dict[str, str]:
    """What the needs of these names are on this machine, those that it has: fact -> value."""
    there = [NEEDS[name] for name in names if NEEDS[name].available()]
    return {fact: value for need in there for fact, value in need.facts().items()}
