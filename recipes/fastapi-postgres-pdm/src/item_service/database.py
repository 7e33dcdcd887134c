"""The tables, and the way to them."""

from sqlalchemy import String
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .settings import Settings

MAX_NAME = 100
MAX_INTEGER = 2**31 - 1  # what PostgreSQL's integer holds


class Base(DeclarativeBase):
    """What the tables have in common: ``Base.metadata`` knows them all."""


class ItemRow(Base):
    """One item."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    quantity: Mapped[int]


def make_engine(settings: Settings) -> AsyncEngine:
    """A pool of connections, none of them open yet; tables are those of ``settings.database_schema``."""
    return create_async_engine(
        settings.url,
        pool_pre_ping=True,
        connect_args={"server_settings": {"search_path": settings.database_schema}},
    )
