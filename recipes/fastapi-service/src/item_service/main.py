"""The service's requests and answers: `uvicorn item_service.main:app` runs it."""

import sqlite3
from functools import cache
from importlib.metadata import version
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Path, status
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from .errors import refuse
from .settings import Settings
from .store import MAX_INTEGER, Item, NewItem, Store


class Health(BaseModel):
    status: str
    version: str


@cache
def get_store() -> Store:
    return Store(Settings().database)


app = FastAPI(title="item-service", version=version("item-service"))
app.add_exception_handler(RequestValidationError, refuse)
StoreDependency = Annotated[Store, Depends(get_store)]
ItemId = Annotated[int, Path(ge=1, le=MAX_INTEGER)]


@app.get("/health/live")
async def live() -> Health:
    """Whether the process answers. If it doesn't, restart it: so this must not wait for a thread, as others do."""
    return Health(status="ok", version=app.version)


@app.get("/health/ready")
def ready() -> Health:
    """Whether requests can be served now. If not, send them elsewhere."""
    try:
        get_store().ping()
    except sqlite3.Error as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the database can't be read") from error
    return Health(status="ok", version=app.version)


@app.get("/items")
def list_items(store: StoreDependency) -> list[Item]:
    return store.all()


@app.post("/items", status_code=status.HTTP_201_CREATED)
def add_item(item: NewItem, store: StoreDependency) -> Item:
    return store.add(item)


@app.get("/items/{item_id}")
def get_item(item_id: ItemId, store: StoreDependency) -> Item:
    item = store.get(item_id)
    if item is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no item {item_id}")
    return item


@app.delete("/items/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_item(item_id: ItemId, store: StoreDependency) -> None:
    if not store.remove(item_id):
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no item {item_id}")
