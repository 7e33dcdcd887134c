"""An orderly end: SIGTERM, a closed terminal and the end of the make that began it all stop a run as Ctrl-C does."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType

WATCHING = 1  # seconds between two looks whether make is there


class Terminated(KeyboardInterrupt):
    """Raised in the main thread; whoever cleans up behind Ctrl-C does it here as well."""


def heed() -> None:
    """From now on SIGTERM and SIGHUP raise Terminated; a second signal ends the process at once.

    GUIDE_MAKE names the process of the outermost make: nobody else hears when that one is killed.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _signals():
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has SIGHUP ignored; coverage.py has its own
            signal.signal(number, _terminate)
    named = os.environ.get("GUIDE_MAKE", "")
    if named.isdigit() and os.name == "posix":
        threading.Thread(target=_watch, args=(int(named),), daemon=True, name="watch").start()


def _signals() -> list[signal.Signals]:
    return [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _terminate(number: int, _: FrameType | None) -> None:
    for each in _signals():
        signal.signal(each, signal.SIG_DFL)
    raise Terminated(f"ended by {signal.Signals(number).name}")


def _watch(make: int) -> None:
    while not _ended(make):
        time.sleep(WATCHING)
    os.kill(os.getpid(), signal.SIGTERM)


def _ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's: it is there
    try:  # one that ended is there until its parent asks for its status, which may be never (proc(5))
        return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"
    except (OSError, IndexError):
        return False
