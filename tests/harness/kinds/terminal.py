"""A console block at a terminal: its commands find one of 80 columns, and what its reader types is typed."""

from __future__ import annotations

import uuid

from harness.compare.session import TYPED, session
from harness.kinds import console
from harness.kinds.kind import LINUX, Attribute, Finding, Kind
from harness.kinds.steps import Steps
from harness.kinds.wording import first, quoted
from harness.page.block import Block
from harness.page.prompts import Command
from harness.problem import Problem
from harness.sandbox.shell import Result

KEYS = {
    "enter": "\r", "tab": "\t", "space": " ", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "ctrl-d": "\x04",
}  # fmt: skip
NOTHING = "nothing"
TYPES = Attribute(
    "data-terminal",
    f"what is typed each time that a command waits for input, such as 'y, my name enter', or '{NOTHING}': text and the "
    f"keys {', '.join(KEYS)}, one question's from the next by a comma",
    r"\s*[^\s,]+(\s+[^\s,]+)*(\s*,\s*[^\s,]+(\s+[^\s,]+)*)*\s*",
)
# Runs in the page's own shell, so that a cd or an activated environment stays. The typist is a process beside it,
# which ends when it has passed on all that was printed.
COMMAND = """\
__guide_was=$?
{{ IFS= builtin read -r __guide_tty < <(exec {python} -I -S {typist} 6 {end} {keys} 2>&6); }} 6>&1
__guide_typist=$!
__guide_status "$__guide_was"
TERM=xterm builtin eval {text} <"$__guide_tty" >"$__guide_tty" 2>&1
__guide_was=$?
builtin printf %s {end} >"$__guide_tty"
__guide_left=0
builtin wait "$__guide_typist" || __guide_left=$?
__guide_status "$__guide_was\""""
LEFT = 'builtin printf %d "${__guide_left:-0}"'


def matches(block: Block) -> bool:
    return console.matches(block) and TYPES.name in block.attributes


def typed(block: Block) -> list[str]:
    """The keys for each question of ``block``: 'y, my name enter' -> ['y', 'my name\\r']."""
    value = block.attributes[TYPES.name].strip()
    return [] if value == NOTHING else [_keys(words) for words in value.split(",")]


def _keys(words: str) -> str:
    result, text = "", False
    for word in words.split():
        result += KEYS.get(word, f" {word}" if text else word)
        text = word not in KEYS
    return result


def take(block: Block, steps: Steps) -> Finding:
    keys, last = typed(block), block.where

    def run(command: Command) -> Result:
        nonlocal last
        last = f"{block.page}:{command.line}"
        text = COMMAND.format(
            python=quoted(steps.sandbox.interpreter),
            typist=quoted(f"{steps.sandbox.aside}/typist.py"),
            end=quoted(f"end of {uuid.uuid4().hex}"),
            keys=" ".join(map(quoted, keys)),
            text=quoted(command.text),
        )
        result = steps.run(block, command.text, text)
        steps.commands[-1].output = result.output.replace(TYPED, "")
        if not result.ended:
            left = int(steps.sandbox.run(LEFT, "x").output or 0)
            del keys[: len(keys) - left]
        elif result.ended == "timeout" and not keys:
            raise Problem(
                last,
                f"'{first(command.text)}' waits at its terminal and was stopped",
                "an end within the time limit",
                f"if it asks a question, add its answer to {TYPES.name}",
                "\n".join(session(result.output)[-25:]),
            )
        return result

    finding = console.replay(block, steps, run, session)
    if keys and finding.outcome != "failed":
        found = f"{len(keys)} of the answers in {TYPES.name} were not asked for"
        raise Problem(last, found, "a question for each", "take the rest out")
    return finding


TERMINAL = Kind(
    name="terminal",
    languages=console.CONSOLE.languages,
    systems=frozenset({LINUX}),
    attributes=(*console.CONSOLE.attributes, TYPES),
    matches=matches,
    check=console.check,
    take=take,
    broken=console.broken,
)
