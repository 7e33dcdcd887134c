from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from threading import Barrier, Event

import pytest
from fastapi.testclient import TestClient

from item_service import main
from item_service.store import Store


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ITEMS_DATABASE", str(tmp_path / "test.db"))
    main.get_store.cache_clear()
    return tmp_path / "test.db"


@pytest.mark.parametrize("question", ["live", "ready"])
def test_health_names_the_installed_version(question: str) -> None:
    answer = TestClient(main.app).get(f"/health/{question}")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": version("item-service")}


def test_a_service_whose_database_is_damaged_is_alive_but_not_ready(database: Path) -> None:
    database.write_text("not a database, and longer than the header of one" * 20)
    client = TestClient(main.app)
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503


def test_a_service_whose_threads_all_wait_is_alive(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    all_wait, end = Barrier(41, timeout=30), Event()

    def wait() -> Store:
        all_wait.wait()
        end.wait()
        return Store(database)

    monkeypatch.setattr(main.app, "dependency_overrides", {main.get_store: wait})
    with TestClient(main.app) as client, ThreadPoolExecutor(41) as clients:
        try:
            for _ in range(40):  # as many as Starlette has threads
                clients.submit(client.get, "/items")
            all_wait.wait()
            assert clients.submit(client.get, "/health/live").result(timeout=10).status_code == 200
        finally:
            end.set()
