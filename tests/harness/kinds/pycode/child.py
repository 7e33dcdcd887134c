"""Run a Python block in the page's own interpreter and report what it printed, and where.

    python child.py FILE DESCRIPTOR

FILE runs as ``python FILE`` would in the current folder, as a program of its own. A JSON object goes to DESCRIPTOR
when the interpreter ends: ``python`` (version), ``file``, ``statements`` (each print: ``line`` of FILE, ``sep``,
``end`` and ``args`` as pairs of text and "was a string"), ``cut`` (more was printed than is kept), ``error`` (None, or
``type``, ``message``, ``line`` and ``traceback`` of what ended the program).
What print writes to standard output is reported and not written; all other output is the program's own.

Needs the standard library only; runs on Python 3.8 to 3.15.
"""

from __future__ import annotations

import atexit
import builtins
import io
import os
import re
import sys
import traceback
import types
from typing import Any

STATEMENTS, CHARACTERS = 2_000, 500_000  # kept of one program
real_print = builtins.print


class Report:
    """What the program did so far; ``send`` writes it, once, in the process that made it."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path, self.descriptor, self.process, self.stdout = path, descriptor, os.getpid(), sys.stdout
        self.statements: list = []
        self.characters = 0
        self.cut = False
        self.error: dict | None = None
        os.set_inheritable(descriptor, False)  # programs that the block starts can't keep it open

    def print(self, *values: object, sep: Any = None, end: Any = None, file: Any = None, flush: bool = False) -> None:
        """Stand in for the built-in print; prints to elsewhere, or by other programs, stay what they are."""
        line = self.line_of(sys._getframe(1))
        if (file or sys.stdout) is not self.stdout or os.getpid() != self.process or not line:
            real_print(*values, sep=sep, end=end, file=file, flush=flush)
            return
        args = [(shown(value), isinstance(value, str)) for value in values]
        buffer = io.StringIO()
        real_print(*(text for text, _ in args), sep=sep, end=end, file=buffer)  # complains of its arguments as ever
        buffer.getvalue().encode(self.stdout.encoding or "utf-8", self.stdout.errors or "strict")
        self.characters += len(buffer.getvalue())
        if len(self.statements) >= STATEMENTS or self.characters > CHARACTERS:
            self.cut = True
            return
        sep, end = " " if sep is None else sep, "\n" if end is None else end
        self.statements.append({"line": line, "args": args, "sep": sep, "end": end})

    def line_of(self, frame: types.FrameType | None) -> int:
        """The line of FILE that ``frame`` runs or was called from, 0 where FILE has no part in it."""
        while frame is not None and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return frame.f_lineno if frame else 0

    def fail(self, error: BaseException) -> None:
        """Keep how the program ended, without the frames of this file."""
        if isinstance(error, SystemExit) and error.code in (None, 0):
            return
        kind, trace = type(error), error.__traceback__.tb_next if error.__traceback__ else None
        lines = [frame.lineno for frame in traceback.extract_tb(trace) if frame.filename == self.path]
        if isinstance(error, SyntaxError) and error.filename == self.path:
            lines.append(error.lineno or 0)
        try:
            message = str(error)
        except Exception:
            message = "(its message can't be shown)"
        module = "" if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "."
        self.error = {
            "type": module + kind.__qualname__,
            "message": message[:5_000],
            "line": lines[-1] if lines else 0,
            "traceback": "".join(traceback.format_exception(kind, error, trace))[-20_000:],
        }

    def send(self) -> None:
        if os.getpid() != self.process:
            return
        import json  # here, so that the program finds no more modules loaded than usual

        data = {"python": sys.version.split()[0], "file": self.path, "error": self.error, "cut": self.cut}
        with os.fdopen(self.descriptor, "w", encoding="ascii") as stream:
            json.dump(dict(data, statements=self.statements), stream)


def shown(value: object) -> str:
    """``value`` as print shows it, with the two things that differ from run to run made the same: addresses, sets."""
    if isinstance(value, str):
        return str(value)
    if type(value) in (set, frozenset) and value:
        try:
            members = "{" + ", ".join(map(repr, sorted(value))) + "}"  # type: ignore[call-overload]
        except TypeError:
            return str(value)
        return members if type(value) is set else "frozenset(" + members + ")"
    return re.sub(r"\b0x[0-9a-f]{8,12}>", "0x0123456789ab>", str(value))


def main() -> int:
    path = os.path.abspath(sys.argv[1])
    report = Report(path, int(sys.argv[2]))
    atexit.register(report.send)  # the first registered runs last: after threads, and after the program's own
    builtins.print = report.print
    sys.argv = [path]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()  # where a reader would have put the file: modules beside it can be imported
    program = types.ModuleType("__main__")
    program.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = program
    try:
        with open(path, encoding="utf-8") as file:
            source = file.read()
        exec(compile(source, path, "exec", dont_inherit=True), program.__dict__)
    except BaseException as error:
        report.fail(error)
    return 1 if report.error else 0


if __name__ == "__main__":
    sys.exit(main())
