"""What a need gives reaches its page, the record says what it was, and it is taken away however the page ends."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import warm
from checkout import ROOT, Checkout, processes
from freeport import free_port
from harness.machine.needs import NEEDS, compiler
from harness.machine.needs.need import Gift, Need, Room, together
from harness.machine.pythons import Interpreter
from harness.problem import Problem
from harness.sandbox import isolation
from harness.world.ports import Ports
from patience import PATIENCE, until
from served import CONFTEST
from standins import StandIns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: these pages run in its namespaces")

# a client of bash alone: each start of Python would take longer than all else on the page
ASK = """\
ask() {
>   exec 3<>/dev/tcp/localhost/$1
>   printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "$2" >&3
>   tr -d '\\r' <&3 | sed '1,/^$/d'; echo
> }"""
PORT, FURTHER = free_port(), free_port()  # at level plain they are the machine's
PAGE = f"""\
---
needs: [served]
---
``` console
$ {ASK}
$ ask {PORT} /
good morning
$ ask {PORT} /publish/{FURTHER}
good morning
$ ask {FURTHER} /
good morning
$ ask {PORT} /publish/{PORT} | grep -c 'port {PORT}'
1
$ cat $SERVED
from the machine
```
"""
FACTS = {"The tests' server": "1.0, which says good morning"}


@pytest.fixture
def tiny(stand_ins: StandIns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    """A small guide with stand-ins for the tools, which no page here calls."""
    checkout = stand_ins.guide(tmp_path / "guide")
    for name, value in stand_ins.environment.items():
        monkeypatch.setenv(name, value)
    yield checkout
    checkout.close()


def needing(checkout: Checkout, page: str = PAGE, says: str = "good morning") -> Path:
    """Give the guide's runs the tests' need, and one page; the file that the need writes to."""
    log = checkout.root / "log"
    checkout.write(
        "conftest.py", CONFTEST.format(support=str(ROOT / "tests/support"), log=str(log), says=says, port=PORT)
    )
    checkout.page("x", page)
    return log


@pytest.mark.parametrize("level", isolation.LEVELS)
def test_a_need_reaches_its_page_at_every_level(tiny: Checkout, level: isolation.Level) -> None:
    if not isolation._works(level):
        pytest.skip(f"needs {level}")
    log = needing(tiny)

    ran = tiny.run("docs", "--guide-offline", GUIDE_ISOLATION=level)

    assert (ran.status, tiny.outcomes("x")) == (0, ["compared"]), ran.output
    assert tiny.record()["pages"]["docs/x.md"][0]["facts"] == FACTS
    assert log.read_text().split() == ["came", "went"]
    assert tiny.leftovers() == []


def test_a_proof_holds_for_what_the_need_was(checkout: Checkout) -> None:
    log = needing(checkout)
    checkout.run()
    again = checkout.run()
    assert "1 of 1 scenarios are proven already" in again.output
    assert log.read_text().split() == ["came", "went"]

    needing(checkout, PAGE.replace("good morning", "good night"), "good night")
    assert checkout.run().status == 0
    needing(checkout, PAGE.replace("good morning", "good night"), "good day")
    changed = checkout.run()
    assert (changed.status, "proven already" in changed.output) == (1, False), changed.output
    assert log.read_text().split() == ["came", "went"] * 3


def test_a_missing_need_means_not_run_with_its_words(checkout: Checkout) -> None:
    log = needing(checkout, says="missing")

    checkout.run()

    assert [block["reason"] for block in checkout.blocks("x")] == ["needs the tests' own server"]
    assert not log.exists()


def test_a_need_goes_when_its_page_fails(checkout: Checkout) -> None:
    log = needing(checkout, PAGE.replace("good morning", "something else", 1))

    ran = checkout.run()

    assert (ran.status, checkout.outcomes("x")) == (1, ["failed"])
    assert log.read_text().split() == ["came", "went"]
    assert checkout.leftovers() == []


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("broken", "needs: served: it can't be provided; expected the tests' own server"),
        ("can't join", "needs: served: it can't join the sandbox; expected the tests' own server"),
        ("stays", "needs: served: what it gave can't be taken away (status 1)"),
    ],
)
def test_a_need_that_breaks_is_red_and_says_why(checkout: Checkout, says: str, reason: str) -> None:
    needing(checkout, PAGE.replace("good morning", says), says)

    ran = checkout.run()

    assert ran.status == 1
    assert reason in ran.output
    reasons = "its engine is out of order", "its network is out of order", "its container can't be removed"
    assert any(reason in ran.output for reason in reasons)
    assert checkout.leftovers() == []


def test_a_need_joins_the_network_of_its_sandbox(checkout: Checkout) -> None:
    page = "---\nneeds: [served]\n---\n``` console\n$ cat ~/.served\njoins\n$ say\nand from its program\n```\n"
    log = needing(checkout, page, "joins")

    ran = checkout.run()

    assert ran.status == 0, ran.output
    assert log.read_text().split() == ["came", "joined", "left", "went"]


def test_a_need_that_is_of_use_only_in_a_network_of_its_own_is_missing_without_one(tiny: Checkout) -> None:
    log = needing(tiny, says="joins")

    tiny.run("docs", "--guide-offline", GUIDE_ISOLATION="plain")

    assert [block["reason"] for block in tiny.blocks("x")] == [
        "needs the tests' own server, in a sandbox with its own network"
    ]
    assert not log.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_need_goes_when_the_run_is_killed(checkout: Checkout, number: int) -> None:
    log = needing(checkout, "---\nneeds: [served]\n---\n``` bash\nsleep 307\n```\n")
    run = warm.start(["docs"], checkout.root, checkout.environment())
    until(lambda: not run.is_alive() or checkout.running("sleep", "307"))
    assert run.is_alive()

    os.kill(run.pid, number)
    run.join(PATIENCE)

    until(lambda: not processes(str(checkout.temporary)), lambda: processes(str(checkout.temporary)))
    assert log.read_text().split() == ["came", "went"]


def test_two_needs_of_a_page_do_not_give_the_same_thing() -> None:
    one = Gift(((Path("/a"), "/opt/a"),), {"A": "1"}, {8000: 1})
    two = Gift(((Path("/b"), "/opt/b"),), {"B": "2"}, {8001: "/s"})
    assert together([("one", one), ("two", two)]) == Gift(
        ((Path("/a"), "/opt/a"), (Path("/b"), "/opt/b")), {"A": "1", "B": "2"}, {8000: 1, 8001: "/s"}
    )
    with pytest.raises(Problem, match="needs: again: 8000, which another need of the page gives"):
        together([("one", one), ("again", Gift(ports={8000: 2}))])


def test_every_need_has_words_and_knows_whether_it_is_there() -> None:
    for name, need in NEEDS.items():
        assert isinstance(need, Need) and need.words, name
        assert need.available() in (True, False), name


def test_ports_of_a_page_that_shares_the_loopback_lead_to_a_unix_socket_and_end_with_it(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()

        def answer() -> None:
            with server.accept()[0] as accepted:
                accepted.sendall(b"hello")
                accepted.recv(1)  # until the other side closes

        answering = threading.Thread(target=answer)
        answering.start()
        port = free_port()
        ports = Ports()
        ports.publish(port, str(tmp_path / "s"))
        ports.open(None)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            assert client.recv(16) == b"hello"
            ports.close()
            assert client.recv(16) == b""
        answering.join(60)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=30)


def test_a_port_that_something_else_uses_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = Ports()
        ports.open(None)
        with pytest.raises(Problem, match=f"port {port}: .*in use"):
            ports.publish(port, 1)
        assert ports.table == {}
        ports.close()


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("cc (Debian 12.2.0-14) 12.2.0\nCopyright", "gcc 12.2.0"),
        ("Ubuntu clang version 18.1.3 (1ubuntu1)\nTarget", "clang 18.1.3"),
        ("", ""),
    ],
)
def test_a_compiler_is_known_by_what_it_calls_itself(
    said: str, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "cc"
    command.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    command.chmod(0o755)
    monkeypatch.setattr(compiler, "PLACES", str(tmp_path))
    assert compiler._version() == version


def test_without_headers_a_compiler_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = Interpreter("3.13.0", tmp_path, tmp_path / "bin" / "python3.13")
    monkeypatch.setattr(compiler, "find_interpreters", lambda: {"3.13": python})
    monkeypatch.setattr(compiler, "_version", lambda: "gcc 12.2.0")
    assert not compiler.Compiler("3.13").available()
    headers = tmp_path / "include" / "python3.13"
    headers.mkdir(parents=True)
    (headers / "Python.h").touch()
    assert compiler.Compiler("3.13").available()
    assert not compiler.Compiler("3.12").available()


def test_the_headers_are_also_where_pkg_config_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = tmp_path / "include" / "python3.13"
    headers.mkdir(parents=True)
    (headers / "Python.h").touch()
    python = Interpreter("3.13.0", tmp_path, tmp_path / "bin" / "python3.13")
    monkeypatch.setattr(compiler, "find_interpreters", lambda: {"3.13": python})
    room = Room(tmp_path, lambda port, target: None)
    with compiler.Compiler("3.13").provide(room) as gift:
        assert gift.mounts == ((headers, str(headers)),)
