"""Case files: several cases in one text file, each with the input and what must come of it.

``===== title`` begins a case and ``----- name`` a further part of it; what comes before the first part is ``page``.
A title may end with options in braces: ``{crlf}`` line ends, ``{bom}`` a byte order mark, ``{tabs}`` every four
leading spaces a tab. So the files themselves stay ordinary text that any editor keeps as it is. ``{plain}`` says that
the page is harmless and ends the same at the isolation level plain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"
TITLE = re.compile(r"===== (.+?)(?: \{([a-z ]+)\})?")


@dataclass
class Case:
    """One case. ``parts`` is part name -> text, newline-terminated; ``line`` is where the case begins in ``path``."""

    path: Path
    line: int
    title: str
    options: frozenset[str]
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.path.stem}: {self.title}"

    @property
    def slug(self) -> str:
        return f"{self.path.stem}-{self.line}"

    def lines(self, name: str) -> list[str]:
        return self.parts.get(name, "").splitlines()

    @property
    def page(self) -> bytes:
        """The page's bytes, its options applied."""
        text = self.parts["page"]
        if "tabs" in self.options:
            text = re.sub(r"^(?: {4})+", lambda m: "\t" * (len(m.group()) // 4), text, flags=re.M)
        data = text.encode()
        if "crlf" in self.options:
            data = data.replace(b"\n", b"\r\n")
        return b"\xef\xbb\xbf" + data if "bom" in self.options else data


def read(folder: str) -> list[Case]:
    """The cases of all files in ``cases/<folder>``. Raises ValueError for a file that is not made of cases."""
    cases: list[Case] = []
    for path in sorted((CASES / folder).iterdir()):
        current: Case | None = None
        part = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if match := TITLE.fullmatch(line):
                current, part = Case(path, number, match[1], frozenset((match[2] or "").split())), "page"
                if unknown := current.options - {"crlf", "bom", "tabs", "plain"}:
                    raise ValueError(f"{path.name}:{number}: unknown options {sorted(unknown)}")
                current.parts[part] = ""
                cases.append(current)
            elif current is None:
                if line:
                    raise ValueError(f"{path.name}:{number}: {line!r} before the first case")
            elif line.startswith("----- "):
                part = line[6:]
                if part in current.parts:
                    raise ValueError(f"{path.name}:{number}: a second part {part!r}")
                current.parts[part] = ""
            else:
                current.parts[part] += line + "\n"
        for case in cases:
            case.parts = {n: t.rstrip("\n") + "\n" if t.strip("\n") else "" for n, t in case.parts.items()}
    return cases
