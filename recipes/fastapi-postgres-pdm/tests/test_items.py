from typing import Any

import pytest
from conftest import execute
from fastapi.testclient import TestClient

from item_service.main import create_app
from item_service.settings import Settings


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


def test_items_outlive_the_service(settings: Settings) -> None:
    with TestClient(create_app(settings)) as first:
        first.post("/items", json={"name": "bolt"})
    with TestClient(create_app(settings)) as second:
        assert [item["name"] for item in second.get("/items").json()] == ["bolt"]


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"name": ""},
        {"name": "n" * 101},
        {"name": "n\0"},
        {"name": "nut", "quantity": -1},
        {"name": "nut", "quantity": 2**31},
        {"name": "nut", "quantity": 10**20},
        {"name": "nut", "quantity": 0.5},
    ],
)
def test_what_the_database_cannot_hold_is_refused(client: TestClient, item: dict[str, Any]) -> None:
    assert client.post("/items", json=item).status_code == 422
    assert client.get("/items").json() == []


def test_the_largest_values_are_stored(client: TestClient) -> None:
    item = {"name": "n" * 100, "quantity": 2**31 - 1}
    assert client.post("/items", json=item).status_code == 201
    assert client.get("/items").json() == [{"id": 1, **item}]


def test_an_item_that_would_be_refused_today_can_still_be_read(client: TestClient, settings: Settings) -> None:
    execute(settings, "INSERT INTO items (name, quantity) VALUES ('', -1)")
    item = {"id": 1, "name": "", "quantity": -1}
    assert client.get("/items/1").json() == item
    assert client.get("/items").json() == [item]


@pytest.mark.parametrize("item_id", ["0", "-1", str(2**31), str(10**20), "one"])
def test_a_number_that_no_item_can_have_is_refused(client: TestClient, item_id: str) -> None:
    assert client.get(f"/items/{item_id}").status_code == 422
    assert client.delete(f"/items/{item_id}").status_code == 422


@pytest.mark.parametrize("body", ['{"name": "\\ud800"}', '{"name": "nut", "quantity": NaN}', "{"])
def test_a_body_that_is_no_json_is_refused(client: TestClient, body: str) -> None:
    assert client.post("/items", content=body, headers={"Content-Type": "application/json"}).status_code == 422
