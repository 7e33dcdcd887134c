"""The service: `uvicorn --factory item_service.main:create_app` serves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from .database import Base, make_engine
from .items import Session, router
from .settings import Settings


class Health(BaseModel):
    """The service answers, and so does its database."""

    status: str
    version: str


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application on the database of ``settings``; it connects, and makes missing tables, when it starts."""
    engine = make_engine(settings or Settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            yield
        finally:
            await engine.dispose()

    app = FastAPI(title="item-service", version=version("item-service"), lifespan=lifespan)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.include_router(router)

    @app.get("/health")
    async def health(session: Session) -> Health:
        await session.execute(text("SELECT 1"))
        return Health(status="ok", version=app.version)

    return app
