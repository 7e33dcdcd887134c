"""What a page may need of its machine beyond tools and Pythons; where it is missing the page is not run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from harness.machine.pythons import MINORS, find_interpreters


def system_python() -> bool:
    """A Python of the system's that refuses pip (PEP 668), as Debian's and Ubuntu's does."""
    return sys.platform == "linux" and any(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED"))


def python(minor: str) -> bool:
    """A Python that the page calls beside the one that it runs on, which its front matter's ``python`` names."""
    return minor in find_interpreters()


# front matter's word -> (what a reader reads after "needs", whether this machine has it); capabilities register here
NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "system-python": ("a system Python that its distribution manages", system_python),
    **{f"python-{minor}": (f"Python {minor}", partial(python, minor)) for minor in MINORS},
}
