from typing import Any

import pytest
from fastapi.testclient import TestClient


def test_there_are_no_items_at_first(client: TestClient) -> None:
    assert client.get("/items").json() == []


def test_an_added_item_can_be_read(client: TestClient) -> None:
    answer = client.post("/items", json={"name": "bolt", "quantity": 3})
    assert answer.status_code == 201
    item = {"id": 1, "name": "bolt", "quantity": 3}
    assert answer.json() == item
    assert client.get("/items/1").json() == item
    assert client.get("/items").json() == [item]


def test_a_removed_item_is_gone(client: TestClient) -> None:
    client.post("/items", json={"name": "nut"})
    assert client.delete("/items/1").status_code == 204
    assert client.get("/items/1").status_code == 404
    assert client.delete("/items/1").status_code == 404


@pytest.mark.parametrize("item", [{}, {"name": ""}, {"name": "nut", "quantity": -1}])
def test_a_wrong_item_is_refused(client: TestClient, item: dict[str, Any]) -> None:
    assert client.post("/items", json=item).status_code == 422
    assert client.get("/items").json() == []
