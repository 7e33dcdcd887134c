"""The service: `uvicorn --factory item_service.main:create_app` runs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import sessionmaker

from . import health, items
from .database import make_engine
from .errors import refuse
from .limit import make_limit
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application on the servers that ``settings`` name; it connects with the first request that needs them."""
    settings = settings or Settings()
    engine, limit = make_engine(settings), make_limit(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()
        if limit:
            limit.redis.close()

    app = FastAPI(title="item-service", version=health.VERSION, lifespan=lifespan)
    app.state.sessions = sessionmaker(engine, expire_on_commit=False)
    app.state.limit = limit
    app.add_exception_handler(RequestValidationError, refuse)
    app.include_router(health.router)
    app.include_router(items.router)
    return app
