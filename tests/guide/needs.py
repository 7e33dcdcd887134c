"""What a page may need of its machine beyond tools and Pythons; where it is missing the page is not run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path


def system_python() -> bool:
    """A Python of the system's that refuses pip (PEP 668), as Debian's and Ubuntu's does."""
    return sys.platform == "linux" and any(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED"))


# front matter's word -> (what a reader reads after "needs", whether this machine has it); capabilities register here
NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "system-python": ("a system Python that its distribution manages", system_python),
}
