"""The service: `uvicorn --factory item_service.main:create_app` runs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import sessionmaker

from . import health, items
from .database import make_engine
from .errors import refuse
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application on the database of ``settings``; it connects with the first request that needs the database."""
    engine = make_engine(settings or Settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(title="item-service", version=health.VERSION, lifespan=lifespan)
    app.state.sessions = sessionmaker(engine, expire_on_commit=False)
    app.add_exception_handler(RequestValidationError, refuse)
    app.include_router(health.router)
    app.include_router(items.router)
    return app
