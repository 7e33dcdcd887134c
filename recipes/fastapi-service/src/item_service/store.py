"""The items: one table in a SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import BaseModel, Field

MAX_INTEGER = 2**63 - 1  # the largest value of SQLite's type INTEGER


class NewItem(BaseModel):
    """An item as a client sends it."""

    name: str = Field(min_length=1, max_length=100)
    quantity: int = Field(default=1, ge=0, le=MAX_INTEGER)


class Item(BaseModel):
    """An item as it is stored, without the limits for new ones: those may be narrower than when it was accepted."""

    name: str
    quantity: int
    id: int


class Store:
    """Each call opens the file again, so requests in several threads don't share a connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS items"
                " (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity INTEGER NOT NULL)"
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.row_factory = sqlite3.Row
            yield database

    def ping(self) -> None:
        """Raise sqlite3.Error if the items can't be read."""
        with self._open() as database:
            database.execute("SELECT 1 FROM items LIMIT 1")

    def all(self) -> list[Item]:
        with self._open() as database:
            rows = database.execute("SELECT * FROM items ORDER BY id").fetchall()
        return [Item(**row) for row in rows]

    def get(self, item_id: int) -> Item | None:
        with self._open() as database:
            found = database.execute("SELECT * FROM items WHERE id = ?", (item_id,))
            row = found.fetchone()
        return Item(**row) if row else None

    def add(self, item: NewItem) -> Item:
        with self._open() as database:
            row = database.execute(
                "INSERT INTO items (name, quantity) VALUES (:name, :quantity) RETURNING *",
                item.model_dump(),
            ).fetchone()
        return Item(**row)

    def remove(self, item_id: int) -> bool:
        """Whether there was such an item."""
        with self._open() as database:
            done = database.execute("DELETE FROM items WHERE id = ?", (item_id,))
        return done.rowcount > 0
