import socket
from importlib.metadata import version

from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

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
    engine = create_engine(settings.url, pool_size=1, max_overflow=0, pool_timeout=0)
    app = create_app(settings)
    app.state.sessions = sessionmaker(engine)
    with TestClient(app) as client, engine.connect():
        assert client.get("/health/ready").status_code == 503
    engine.dispose()
