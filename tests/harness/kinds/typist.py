"""A terminal for one command inside the sandbox, and the hands that type into it.

    python typist.py OUTPUT END [KEYS …]

Makes a pseudo-terminal of 80 columns and 24 lines, says its name on standard output, and passes on to the descriptor
OUTPUT what is printed there, up to END, which whoever runs the command prints last. Each KEYS is typed when the
command waits for input. The exit status is how many of KEYS were not typed.

Needs the standard library only; runs on Python 3.8 to 3.15, on Linux.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import sys
import termios
import time

COLUMNS, LINES = 80, 24
CONTROLLING = "/dev/tty"  # by which getpass(3) opens a terminal that is the session's own
QUIET = 0.3  # seconds without output after which a command may be waiting
READ, ASKING = "0", {"7", "23", "73", "270", "271"}  # x86-64's read; poll, select, ppoll (arm64), pselect6, ppoll
TYPED = b"\x1b_typed\x1b\\"  # harness.compare.session reads it
CODE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")


def sleepers(terminal: str) -> list[tuple[str, str]]:
    """(system call and its first argument's target, state) of each thread that has ``terminal`` open, but our own."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            folder = f"/proc/{number}"
            links = {fd: os.readlink(f"{folder}/fd/{fd}") for fd in os.listdir(f"{folder}/fd")}
            if int(number) == os.getpid() or terminal not in links.values():
                continue
            for thread in os.listdir(f"{folder}/task"):
                with open(f"{folder}/task/{thread}/stat") as stat:
                    state = stat.read().rpartition(") ")[2][:1]
                try:
                    with open(f"{folder}/task/{thread}/syscall") as call:
                        name, *arguments = call.read().split()
                    target = links.get(str(int(arguments[0], 16)), "") if arguments else ""
                    found.append((state, "read" if name == READ and target in (terminal, CONTROLLING) else name))
                except (OSError, ValueError):
                    found.append((state, "?"))
        except OSError:
            continue  # it ended meanwhile
    return found


def waits(terminal: str, master: int, printed: bytes) -> bool:
    """Whether a command waits for input: nothing runs, and a thread reads the terminal or has put a question.

    Where the kernel doesn't say in which call a thread sleeps, a line without an end is taken for a question.
    """
    threads = sleepers(terminal)
    if not threads or any(state == "R" for state, _ in threads):
        return False
    calls = {call for _, call in threads}
    if "read" in calls:
        return True
    question = not CODE.sub(b"", printed).endswith((b"\n", b"\r")) and bool(printed)
    raw = not termios.tcgetattr(master)[3] & termios.ICANON  # single keys are wanted
    return (question or raw) and bool(calls & ASKING or raw or "?" in calls)


def main(output: int, end: bytes, keys: list[str]) -> int:
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    terminal = os.ttyname(slave)
    os.write(1, terminal.encode() + b"\n")
    os.close(1)
    printed, quiet_since = b"", time.monotonic()  # what was printed since the last key
    pending = b""
    while True:
        if select.select([master], [], [], QUIET / 3)[0]:
            pending += os.read(master, 65536)
            quiet_since = time.monotonic()
            text, found, _ = pending.partition(end)
            if not found:  # the end may have come in part
                kept = next((size for size in range(len(end) - 1, 0, -1) if pending.endswith(end[:size])), 0)
                text = pending[: len(pending) - kept]
            pending = pending[len(text) :]
            printed += text
            while text:
                text = text[os.write(output, text) :]
            if found:
                return len(keys)
        elif keys and time.monotonic() - quiet_since > QUIET and waits(terminal, master, printed):
            os.write(output, TYPED)
            os.write(master, keys.pop(0).encode())
            printed, quiet_since = b"", time.monotonic()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]))
