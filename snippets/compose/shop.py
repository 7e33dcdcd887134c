"""A shop: its items are in PostgreSQL, and Redis counts how often somebody looks at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis.asyncio import Redis
from sqlalchemy import make_url, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Settings(BaseSettings):
    """Read from environment variables, the password also from a file below /run/secrets."""

    model_config = SettingsConfigDict(secrets_dir="/run/secrets", hide_input_in_errors=True)

    database_url: str
    db_password: SecretStr
    redis_url: str


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def make_engine(settings: Settings) -> AsyncEngine:
    url = make_url(settings.database_url).set(password=settings.db_password.get_secret_value())
    return create_async_engine(url, pool_pre_ping=True)


def create_app() -> FastAPI:
    settings = Settings()
    engine, cache = make_engine(settings), Redis.from_url(settings.redis_url)
    session = async_sessionmaker(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await cache.aclose()
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.get("/items")
    async def show() -> dict[str, object]:
        async with session() as database:
            names = await database.scalars(select(Item.name).order_by(Item.id))
        return {"items": names.all(), "views": await cache.incr("views")}

    @app.post("/items", status_code=201)
    async def add(name: str) -> None:
        async with session.begin() as database:
            database.add(Item(name=name))

    @app.get("/health")
    async def health() -> None:
        await cache.ping()
        async with session() as database:
            await database.execute(text("SELECT 1"))

    return app
