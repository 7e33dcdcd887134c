"""The service's requests and answers: `uvicorn item_service.main:app` serves them."""

from functools import cache
from importlib.metadata import version
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from pydantic import BaseModel

from .settings import Settings
from .store import Item, NewItem, Store


class Health(BaseModel):
    status: str
    version: str


@cache
def get_store() -> Store:
    return Store(Settings().database)


app = FastAPI(title="item-service", version=version("item-service"))
StoreDependency = Annotated[Store, Depends(get_store)]


@app.get("/health")
def health() -> Health:
    return Health(status="ok", version=app.version)


@app.get("/items")
def list_items(store: StoreDependency) -> list[Item]:
    return store.all()


@app.post("/items", status_code=status.HTTP_201_CREATED)
def add_item(item: NewItem, store: StoreDependency) -> Item:
    return store.add(item)


@app.get("/items/{item_id}")
def get_item(item_id: int, store: StoreDependency) -> Item:
    item = store.get(item_id)
    if item is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no item {item_id}")
    return item


@app.delete("/items/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_item(item_id: int, store: StoreDependency) -> None:
    if not store.remove(item_id):
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no item {item_id}")
