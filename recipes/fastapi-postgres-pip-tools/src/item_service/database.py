"""The tables, and the connections to them."""

from sqlalchemy import Engine, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .settings import Settings

MAX_NAME = 100
MAX_INTEGER = 2**31 - 1  # the largest value of PostgreSQL's type integer


class Base(DeclarativeBase):
    """The base of all tables: ``Base.metadata`` lists them."""


class ItemRow(Base):
    """One item."""

    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    quantity: Mapped[int]


def make_engine(settings: Settings) -> Engine:
    """A pool of connections, none of them open yet; each is tested before it is used.

    A request waits 3 seconds for a free one, if all are in use.
    """
    return create_engine(settings.url, pool_pre_ping=True, pool_timeout=3)
