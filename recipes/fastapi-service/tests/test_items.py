import sqlite3
from contextlib import closing
from pathlib import Path
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


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"name": ""},
        {"name": "n" * 101},
        {"name": "nut", "quantity": -1},
        {"name": "nut", "quantity": 2**63},
        {"name": "nut", "quantity": 10**20},
    ],
)
def test_a_wrong_item_is_refused(client: TestClient, item: dict[str, Any]) -> None:
    assert client.post("/items", json=item).status_code == 422
    assert client.get("/items").json() == []


def test_the_largest_quantity_is_stored(client: TestClient) -> None:
    client.post("/items", json={"name": "nut", "quantity": 2**63 - 1})
    assert client.get("/items/1").json()["quantity"] == 2**63 - 1


def test_an_item_that_would_be_refused_today_can_still_be_read(client: TestClient, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "test.db")) as database, database:
        database.execute("INSERT INTO items (name, quantity) VALUES ('', -1)")
    item = {"id": 1, "name": "", "quantity": -1}
    assert client.get("/items/1").json() == item
    assert client.get("/items").json() == [item]


@pytest.mark.parametrize("item_id", ["0", "-1", str(2**63), str(10**20), "one"])
def test_a_number_that_no_item_can_have_is_refused(client: TestClient, item_id: str) -> None:
    assert client.get(f"/items/{item_id}").status_code == 422
    assert client.delete(f"/items/{item_id}").status_code == 422


@pytest.mark.parametrize("body", ['{"name": "\\ud800"}', '{"name": "nut", "quantity": NaN}', "{"])
def test_a_body_that_is_no_json_is_refused(client: TestClient, body: str) -> None:
    assert client.post("/items", content=body, headers={"Content-Type": "application/json"}).status_code == 422
