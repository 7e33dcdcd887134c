from importlib.metadata import version

from fastapi.testclient import TestClient


def test_health_names_the_installed_version(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": version("item-service")}
