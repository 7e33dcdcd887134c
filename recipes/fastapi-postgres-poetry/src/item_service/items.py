"""The requests for items, and what an item looks like in JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from .database import MAX_INTEGER, MAX_NAME, ItemRow
from .limit import limited
from .session import Session


class NewItem(BaseModel):
    """An item as a client sends it; PostgreSQL stores no text with a NUL in it."""

    name: str = Field(min_length=1, max_length=MAX_NAME, pattern=r"^[^\x00]*$")
    quantity: int = Field(default=1, ge=0, le=MAX_INTEGER)


class Item(BaseModel):
    """An item as it is stored, without the limits for new ones: those may be narrower than when it was accepted."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    quantity: int
    id: int


ItemId = Annotated[int, Path(ge=1, le=MAX_INTEGER)]
router = APIRouter(prefix="/items", dependencies=[Depends(limited)])


def _existing(item_id: int, session: Session) -> ItemRow:
    row = session.get(ItemRow, item_id)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no item {item_id}")
    return row


@router.get("")
def list_items(session: Session) -> list[Item]:
    rows = session.scalars(select(ItemRow).order_by(ItemRow.id))
    return [Item.model_validate(row) for row in rows]


@router.post("", status_code=status.HTTP_201_CREATED)
def add_item(item: NewItem, session: Session) -> Item:
    row = ItemRow(**item.model_dump())
    session.add(row)
    session.commit()
    return Item.model_validate(row)


@router.get("/{item_id}")
def get_item(item_id: ItemId, session: Session) -> Item:
    return Item.model_validate(_existing(item_id, session))


@router.delete("/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_item(item_id: ItemId, session: Session) -> None:
    session.delete(_existing(item_id, session))
    session.commit()
