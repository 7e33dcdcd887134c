"""A Python block: one program in the page's Python; comments ``#> …`` show what it prints."""

from __future__ import annotations

from harness.compare.terminal import screen
from harness.kinds.kind import POSIX, Attribute, Finding, Kind, Mutation, changed, nothing
from harness.kinds.pycode import message
from harness.kinds.steps import Steps
from harness.kinds.wording import ending, spoken, tail
from harness.page.block import Block
from harness.problem import Problem
from harness.sandbox.shell import Result

RAISES = Attribute("data-raises", "the exception type that a Python block must end with", r".*\S.*")


def matches(block: Block) -> bool:
    return block.language in PYTHON.languages


def take(block: Block, steps: Steps) -> Finding:
    # black behind it takes a fifth of a second to import, and few pages need it
    from harness.kinds.pycode.program import Program

    program = Program(block)
    path = f"{steps.sandbox.scratch}/block.py"
    steps.write(block, path, program.source)
    command = f"python '{steps.sandbox.aside}/child.py' '{path}' 5"
    result = steps.run(block, "python block.py", command, "x", block.text)
    steps.commands[-1].output = printed_by(result)
    if result.ended:
        raise ending(block.where, "python", result, steps.limit(block))
    if not result.message:
        printed = tail(screen(spoken(result.output)))
        raise Problem(block.where, f"python did not run (status {result.status})", "a program", evidence=printed)

    def same(text: str) -> bool:
        other = f"{steps.sandbox.scratch}/other.py"
        steps.write(block, other, program.below(text))
        asked = steps.sandbox.run(
            f"python '{steps.sandbox.aside}/child.py' '{path}' 5 '{other}'", "x", steps.limit(block)
        )
        return asked.message == "True"

    checked = program.check(result.message, result.output, same)
    if checked.errors:
        stale = len(checked.errors) == 1 and changed(checked.text, block) is not None
        return Finding("failed", "\n".join(checked.errors), shown=checked.text, stale=stale)
    return Finding("compared" if "#>" in block.text else "ran", shown=changed(checked.text, block))


def printed_by(result: Result) -> str:
    """What a Python program printed: its prints, which came beside its output, then the rest, then its traceback."""
    try:
        report = message.read(result.message)
        prints = [one["sep"].join(text for text, _ in one["args"]) + one["end"] for one in report["statements"]]
        return "".join(prints) + result.output + ((report["error"] or {}).get("traceback") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return result.output


def broken(block: Block) -> Mutation:
    """Its first shown output changed, else another end."""
    lines = block.text.rstrip("\n").split("\n")
    for number, line in enumerate(lines):
        if line.lstrip().startswith("#>"):
            text = "\n".join([*lines[:number], line + "x", *lines[number + 1 :]])
            return Mutation("printed output changed", text, alone=False)
    if RAISES.name in block.attributes:  # its end is never reached
        text = 'raise SystemError("mutant")\n' + block.text
        return Mutation("another exception at its beginning", text, alone=False)
    return Mutation("an exception at its end", block.text + 'raise ValueError("mutant")\n', alone=False)


PYTHON = Kind(
    name="python",
    languages=frozenset({"python", "py"}),
    systems=POSIX,
    attributes=(RAISES,),
    matches=matches,
    check=nothing,
    take=take,
    broken=broken,
)
