from importlib.metadata import version

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
