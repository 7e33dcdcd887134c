import os
import subprocess
import sys

from alembic import command
from sqlalchemy import inspect

from item_service.database import make_engine
from item_service.migrate import configuration
from item_service.settings import Settings


def tables(settings: Settings) -> set[str]:
    engine = make_engine(settings)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_that_the_code_describes(settings: Settings) -> None:
    command.check(configuration(settings))  # raises where a migration is missing


def test_every_migration_can_be_undone(empty: Settings) -> None:
    command.upgrade(configuration(empty), "head")
    assert tables(empty) == {"alembic_version", "items"}
    command.downgrade(configuration(empty), "base")
    assert tables(empty) == {"alembic_version"}


def test_two_migrations_at_once_do_the_work_of_one(empty: Settings) -> None:
    program = [sys.executable, "-m", "item_service.migrate"]
    environment = {**os.environ, "DATABASE_URL": empty.database_url.get_secret_value()}
    both = [subprocess.Popen(program, env=environment) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert tables(empty) == {"alembic_version", "items"}
