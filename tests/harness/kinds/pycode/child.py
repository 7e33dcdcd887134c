"""Run a Python block in the page's own interpreter and report what it printed, and where.

    python child.py FILE DESCRIPTOR [OTHER]

FILE runs as ``python FILE`` would in the current folder, as a program of its own. A dictionary in Python's notation
goes to DESCRIPTOR when the interpreter ends: ``python`` (version), ``file``, ``statements`` (each print: ``line`` of
FILE, ``sep``, ``end`` and ``args`` as pairs of text and "was a string"), ``simple`` (each statement that holds no
other: first and last line, "is a string on lines of its own", "is a call"), ``cut`` (more was printed than is kept),
``error`` (None, or ``type``, ``message``, ``line`` and ``traceback`` of what ended the program). A blank goes there
first: nothing at all means that Python itself didn't start.
What print writes to standard output is reported and not written; all other output is the program's own.

With OTHER, nothing runs: True or False goes to DESCRIPTOR, whether both files are one program but for shown output.

The program must find what any program finds, a module ``json`` beside it as well. So nothing is imported here that an
interpreter doesn't have before it begins with its program; its syntax tree comes from ``compile``.
Runs on Python 3.8 to 3.15.
"""

import _ast
import _io
import atexit
import builtins
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any

STATEMENTS, CHARACTERS = 2_000, 500_000  # kept of one program
ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
real_print, real_open = builtins.print, _io.open  # a program may put others in their places


class Report:
    """What the program did so far; ``send`` writes it, once, in the process that made it."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path, self.descriptor, self.process, self.stdout = path, descriptor, os.getpid(), sys.stdout
        self.source = ""
        self.statements: list[dict[str, Any]] = []
        self.simple: list[tuple[int, int, bool, bool]] = []
        self.characters = 0
        self.cut = False
        self.error: dict[str, Any] | None = None
        os.set_inheritable(descriptor, False)  # programs that the block starts can't keep it open
        os.write(descriptor, b" ")

    def print(
        self, *values: object, sep: "Any" = None, end: "Any" = None, file: "Any" = None, flush: bool = False
    ) -> None:
        """Stand in for the built-in print; prints to elsewhere, or by other programs, stay what they are."""
        line = self.line_of(sys._getframe(1))
        if (file or sys.stdout) is not self.stdout or os.getpid() != self.process or not line:
            real_print(*values, sep=sep, end=end, file=file, flush=flush)
            return
        args = [(shown(value), isinstance(value, str)) for value in values]
        buffer = _io.StringIO()
        real_print(*(text for text, _ in args), sep=sep, end=end, file=buffer)  # complains of its arguments as ever
        buffer.getvalue().encode(self.stdout.encoding or "utf-8", self.stdout.errors or "strict")
        self.characters += len(buffer.getvalue())
        if len(self.statements) >= STATEMENTS or self.characters > CHARACTERS:
            self.cut = True
            return
        sep, end = " " if sep is None else sep, "\n" if end is None else end
        self.statements.append({"line": line, "args": args, "sep": sep, "end": end})

    def line_of(self, frame: "FrameType | None") -> int:
        """The line of FILE that ``frame`` runs or was called from, 0 where FILE has no part in it."""
        while frame is not None and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return frame.f_lineno if frame else 0

    def fail(self, error: BaseException) -> None:
        """Keep how the program ended, without the frames of this file."""
        if isinstance(error, SystemExit) and error.code in (None, 0):
            return
        kind, trace = type(error), error.__traceback__.tb_next if error.__traceback__ else None
        lines = [line for name, line, _ in frames(trace) if name == self.path]
        if isinstance(error, SyntaxError) and error.filename == self.path:
            lines.append(error.lineno or 0)
        module = "" if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "."
        self.error = {
            "type": module + kind.__qualname__,
            "message": message_of(error)[:5_000],
            "line": lines[-1] if lines else 0,
            "traceback": self.traceback(error, trace, [])[-20_000:],
        }

    def traceback(self, error: BaseException, trace: "TracebackType | None", seen: "list[BaseException]") -> str:
        """What Python writes of ``error``, with the lines of FILE alone: the module ``traceback`` isn't loaded yet."""
        seen.append(error)
        before, after = error.__cause__, "direct cause of"
        if before is None and not error.__suppress_context__:
            before, after = error.__context__, "context of"
        text = ""
        if before is not None and before not in seen:
            text = self.traceback(before, before.__traceback__, seen) + f"\nThis was the {after} what follows.\n\n"
        lines = self.source.split("\n")
        text += "Traceback (most recent call last):\n" if trace else ""
        for name, line, function in frames(trace):
            text += f'  File "{name}", line {line}, in {function}\n'
            if name == self.path and 0 < line <= len(lines):
                text += f"    {lines[line - 1].strip()}\n"
        if isinstance(error, SyntaxError) and error.filename:
            text += f'  File "{error.filename}", line {error.lineno}\n    {(error.text or "").strip()}\n'
        name, message = type(error).__qualname__, message_of(error)
        return f"{text}{name}: {message}\n" if message else f"{text}{name}\n"

    def send(self) -> None:
        if os.getpid() != self.process:
            return
        data = {
            "python": sys.version.split()[0],
            "file": self.path,
            "error": self.error,
            "cut": self.cut,
            "simple": self.simple,
            "statements": self.statements,
        }
        with real_open(self.descriptor, "w", encoding="ascii") as stream:
            stream.write(ascii(data))


def frames(trace: "TracebackType | None") -> "list[tuple[str, int, str]]":
    """File, line and function of each frame of ``trace``, the outermost first."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append((code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return found


def message_of(error: BaseException) -> str:
    try:
        return str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except Exception:
        return "(its message can't be shown)"


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
    first, *rest = str(value).split("0x")
    text = first
    for part in rest:
        digits = len(part) - len(part.lstrip("0123456789abcdef"))
        address = (
            8 <= digits <= 12 and part[digits : digits + 1] == ">" and not (text[-1:].isalnum() or text[-1:] == "_")
        )
        text += "0x" + ("0123456789ab" + part[digits:] if address else part)
    return text


def simple(tree: "_ast.AST") -> "list[_ast.stmt]":
    """The statements of ``tree`` that hold no others."""
    found = []
    for node in walk(tree):
        if isinstance(node, _ast.stmt) and not hasattr(node, "body") and type(node).__name__ != "Match":
            found.append(node)
    return found


def walk(tree: "_ast.AST") -> "list[_ast.AST]":
    found = [tree]
    for node in found:  # it grows
        for name in node._fields:
            value = getattr(node, name, None)
            found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, _ast.AST)]
    return found


def is_output(node: "_ast.AST") -> bool:
    """Whether ``node`` is a string alone on its lines: the long form of shown output (or of a docstring)."""
    value = getattr(getattr(node, "value", None), "value", None)
    return isinstance(node, _ast.Expr) and isinstance(value, str) and value.startswith("\n")


def is_call(node: "_ast.AST") -> bool:
    return isinstance(node, _ast.Expr) and any(isinstance(inner, _ast.Call) for inner in walk(node))


def parsed(source: str, path: str) -> "Any":
    return compile(source, path, "exec", ONLY_AST, dont_inherit=True)


def read(path: str) -> str:
    with real_open(path, encoding="utf-8") as file:
        return file.read()


def same(path: str, other: str) -> bool:
    """Whether two files are one program but for shown output."""
    try:
        trees = [parsed(read(path), path), parsed(read(other), other)]
    except (SyntaxError, ValueError):
        return False
    first, second = ([dump(node) for node in simple(tree) if not is_output(node)] for tree in trees)
    return first == second


def dump(value: object) -> object:
    """``value`` of a syntax tree as something that can be compared: without places."""
    if isinstance(value, _ast.AST):
        return [type(value).__name__, [dump(getattr(value, name, None)) for name in value._fields]]
    return [dump(one) for one in value] if isinstance(value, list) else (type(value).__name__, repr(value))


def main() -> int:
    path, descriptor = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        os.write(descriptor, repr(same(path, sys.argv[3])).encode())
        return 0
    report = Report(path, descriptor)
    atexit.register(report.send)  # the first registered runs last: after threads, and after the program's own
    builtins.print = report.print
    sys.argv = [path]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()  # where a reader would have put the file: modules beside it can be imported
    program = type(sys)("__main__")
    program.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = program
    try:
        report.source = read(path)
        tree = parsed(report.source, path)
        report.simple = [
            (node.lineno, node.end_lineno or node.lineno, is_output(node), is_call(node)) for node in simple(tree)
        ]
        exec(compile(report.source, path, "exec", dont_inherit=True), program.__dict__)
    except BaseException as error:
        report.fail(error)
    return 1 if report.error else 0


if __name__ == "__main__":
    sys.exit(main())
