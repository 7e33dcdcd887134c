"""A need made for tests: a server on the machine's loopback, which takes another port on demand."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.machine.needs.need import Gift, Inside, Need, Room
from harness.problem import Problem

# how the runs of a small guide learn of it: `conftest.py` beside its docs folder
CONFTEST = """\
import sys

sys.path.insert(0, {support!r})
from harness.machine.needs import NEEDS
from served import Served

NEEDS["served"] = Served({log!r}, {says!r}, {port})
"""


@dataclass(frozen=True)
class Served(Need):
    """``log`` is where it writes when it comes and goes; ``says`` is what its server answers at ``port``."""

    log: str
    says: str
    port: int
    words = "the tests' own server"

    @property
    def own_network(self) -> bool:  # type: ignore[override]
        return self.says == "joins"

    def available(self) -> bool:
        return self.says != "missing"

    def facts(self) -> dict[str, str]:
        return {"The tests' server": f"1.0, which says {self.says}"}

    def note(self, line: str) -> None:
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(line + "\n")

    @contextmanager
    def provide(self, room: Room) -> Iterator[Gift]:
        need = self
        if self.says == "broken":
            raise RuntimeError("its engine is out of order")

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = need.says
                if self.path.startswith("/publish/"):
                    try:
                        room.publish(int(self.path.split("/")[2]), server.server_port)
                    except Problem as problem:
                        text = str(problem)
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.note("came")
        (room.folder / "shared").mkdir()
        (room.folder / "shared" / "note").write_text("from the machine\n")
        say = room.folder / "shared" / "say"
        say.write_text("#!/bin/sh\necho and from its program\n")
        say.chmod(0o755)
        try:
            mounts = ((Path(room.folder, "shared"), "/opt/served"),)
            home = {".served": self.says + "\n"}
            yield Gift(mounts, {"SERVED": "/opt/served/note"}, {self.port: server.server_port}, ("/opt/served",), home)
        finally:
            server.shutdown()
            self.note("went")
            if self.says == "stays":
                raise RuntimeError("its container can't be removed")

    @contextmanager
    def join(self, room: Room, inside: Inside) -> Iterator[None]:
        if self.says == "can't join":
            raise RuntimeError("its network is out of order")
        if self.says == "joins":
            own, network = (os.readlink(f"/proc/{process}/ns/net") for process in ("self", inside.process))
            given = inside.certificate.is_file() and Path(inside.way[-1]).parent == inside.certificate.parent
            self.note("joined" if given and own != network else "astray")
        yield
        if self.says == "joins":
            self.note("left")
