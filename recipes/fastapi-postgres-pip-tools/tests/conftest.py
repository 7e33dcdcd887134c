"""A client of the service, whose database has no rows at the start of each test.

TEST_DATABASE_URL names the server; without it the tests start one. They never read DATABASE_URL, which is the
service's: they create databases on the test server, and drop them again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from fastapi.testclient import TestClient
from postgres import running
from sqlalchemy import URL, make_url, text

from item_service.database import Base, make_engine
from item_service.main import create_app
from item_service.migrate import configuration
from item_service.settings import Settings


def pytest_configure() -> None:
    urls = [make_url(url) for name in ("TEST_DATABASE_URL", "DATABASE_URL") if (url := os.environ.get(name))]
    if len(urls) == 2 and len({(url.host, url.port or 5432, url.database) for url in urls}) == 1:
        raise pytest.UsageError("TEST_DATABASE_URL and DATABASE_URL are the same; name a server for tests alone")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(url)
    else:
        with running(tmp_path_factory.mktemp("postgres")) as url:
            yield make_url(url)


@pytest.fixture(scope="session")
def migrated(server: URL) -> Iterator[Settings]:
    """Settings that name a database with the tables of the service, as the migrations make them."""
    with database(server) as settings:
        command.upgrade(configuration(settings), "head")
        yield settings


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)  # away from a file .env


@pytest.fixture
def empty(server: URL) -> Iterator[Settings]:
    """Settings that name a database without tables."""
    with database(server) as settings:
        yield settings


@pytest.fixture
def settings(migrated: Settings) -> Iterator[Settings]:
    """Settings that name a database with tables and no rows."""
    yield migrated
    tables = ", ".join(Base.metadata.tables)
    execute(migrated, f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


@contextmanager
def database(server: URL) -> Iterator[Settings]:
    """A new database on the server; dropped at the end."""
    name, administration = f"test_{uuid4().hex}", settings_for(server)
    execute(administration, f"CREATE DATABASE {name}")
    try:
        yield settings_for(server.set(database=name))
    finally:
        execute(administration, f"DROP DATABASE {name} WITH (FORCE)")


def settings_for(url: URL) -> Settings:
    return Settings.model_validate({"database_url": url.render_as_string(hide_password=False)})


def execute(settings: Settings, statement: str) -> None:
    engine = make_engine(settings)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()
