"""Scenarios that listen on the same port of the machine."""

from __future__ import annotations

import threading

import pytest
from harness.page.scenario import Scenario
from harness.run.ports import Ports, named
from patience import PATIENCE
from python_block import block

SERVER, CLIENT = "$ serve --bind localhost:8001 &", "$ curl http://127.0.0.1:8000/x http://localhost:8001/"


def scenario(*texts: str) -> Scenario:
    return Scenario((), tuple(block(text) for text in texts))


def test_the_ports_of_a_scenario_are_those_that_its_blocks_name() -> None:
    assert named(scenario(SERVER, CLIENT)) == [8000, 8001]
    assert named(scenario("$ curl https://example.com:8443/ 10.127.0.0.1")) == []


@pytest.mark.parametrize(
    ("shared", "other", "together"),
    [(True, CLIENT, False), (True, "$ curl http://localhost:9000/", True), (False, CLIENT, True)],
)
def test_only_scenarios_with_the_same_port_of_the_machine_wait(shared: bool, other: str, together: bool) -> None:
    ports, entered = Ports(shared), threading.Event()

    def second() -> None:
        with ports.held(scenario(other)):
            entered.set()

    thread = threading.Thread(target=second)
    with ports.held(scenario(SERVER)):
        thread.start()
        # that it doesn't come can only be waited for; that it comes ends the wait
        assert entered.wait(PATIENCE if together else 0.2) == together
    assert entered.wait(PATIENCE)
    thread.join(PATIENCE)
