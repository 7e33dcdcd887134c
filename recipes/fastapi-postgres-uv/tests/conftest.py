"""A client of the service, in a schema of its own for each test.

DATABASE_URL in the environment names the server; otherwise one is started for the session.
What else is in that database isn't touched.
"""

import asyncio
import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from postgres import running
from sqlalchemy import text

from item_service.database import make_engine
from item_service.main import create_app
from item_service.settings import Settings


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if url := os.environ.get("DATABASE_URL"):
        yield url
    else:
        with running(tmp_path_factory.mktemp("postgres")) as url:
            yield url


@pytest.fixture
def settings(database_url: str) -> Iterator[Settings]:
    settings = Settings(database_url=database_url, database_schema=f"test_{uuid4().hex}")
    asyncio.run(_execute(settings, f"CREATE SCHEMA {settings.database_schema}"))
    yield settings
    asyncio.run(_execute(settings, f"DROP SCHEMA {settings.database_schema} CASCADE"))


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


async def _execute(settings: Settings, statement: str) -> None:
    engine = make_engine(settings)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
