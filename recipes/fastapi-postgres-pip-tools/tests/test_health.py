import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.metadata import version
from threading import Barrier, Event
from time import monotonic

from fastapi.testclient import TestClient

from item_service.main import create_app
from item_service.settings import Settings

NOWHERE = Settings.model_validate({"database_url": "postgresql://127.0.0.1:1/items"})


def test_a_service_with_its_database_is_alive_and_ready(client: TestClient) -> None:
    for question in ("live", "ready"):
        answer = client.get(f"/health/{question}")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "version": version("item-service")}


def test_a_service_without_its_database_is_alive_but_not_ready() -> None:
    with TestClient(create_app(NOWHERE)) as client:
        assert client.get("/health/live").status_code == 200
        answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"detail": "the database does not answer"})


def test_a_service_whose_database_is_silent_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://127.0.0.1:{silent.getsockname()[1]}/items?connect_timeout=2"
        with TestClient(create_app(Settings.model_validate({"database_url": address}))) as client:
            assert client.get("/health/ready").status_code == 503


def test_a_service_whose_connections_are_all_in_use_is_not_ready(settings: Settings) -> None:
    app = create_app(settings)
    with TestClient(app) as client, ExitStack() as connections:
        for _ in range(15):  # as many as SQLAlchemy's pool opens
            connections.enter_context(app.state.sessions.kw["bind"].connect())
        began = monotonic()
        assert client.get("/health/ready").status_code == 503
        assert monotonic() - began < 5


def test_a_service_whose_threads_all_wait_is_alive() -> None:
    app, all_wait, end = create_app(NOWHERE), Barrier(41, timeout=30), Event()

    def wait() -> None:
        all_wait.wait()
        end.wait()

    app.add_api_route("/wait", wait)
    with TestClient(app) as client, ThreadPoolExecutor(41) as clients:
        try:
            for _ in range(40):  # as many as Starlette has threads
                clients.submit(client.get, "/wait")
            all_wait.wait()
            assert clients.submit(client.get, "/health/live").result(timeout=10).status_code == 200
        finally:
            end.set()
