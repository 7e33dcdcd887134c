"""The requests for items, and what they look like outside of the database."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .database import MAX_INTEGER, MAX_NAME, ItemRow


class NewItem(BaseModel):
    """An item as it is sent; PostgreSQL keeps no text with a NUL in it."""

    name: str = Field(min_length=1, max_length=MAX_NAME, pattern=r"^[^\x00]*$")
    quantity: int = Field(default=1, ge=0, le=MAX_INTEGER)


class Item(NewItem):
    """An item as it is kept."""

    model_config = ConfigDict(from_attributes=True)

    id: int


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """A session for one request; what the request doesn't commit is rolled back."""
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
ItemId = Annotated[int, Path(ge=1, le=MAX_INTEGER)]
router = APIRouter(prefix="/items")


async def _existing(item_id: int, session: AsyncSession) -> ItemRow:
    row = await session.get(ItemRow, item_id)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no item {item_id}")
    return row


@router.get("")
async def list_items(session: Session) -> list[Item]:
    rows = await session.scalars(select(ItemRow).order_by(ItemRow.id))
    return [Item.model_validate(row) for row in rows]


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_item(item: NewItem, session: Session) -> Item:
    row = ItemRow(**item.model_dump())
    session.add(row)
    await session.commit()
    return Item.model_validate(row)


@router.get("/{item_id}")
async def get_item(item_id: ItemId, session: Session) -> Item:
    return Item.model_validate(await _existing(item_id, session))


@router.delete("/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_item(item_id: ItemId, session: Session) -> None:
    await session.delete(await _existing(item_id, session))
    await session.commit()
