"""Alembic runs this file: it connects as the service does."""

from alembic import context
from sqlalchemy import text

from item_service.database import Base, make_engine
from item_service.settings import Settings

LOCK = 7_313_915  # any number, the same in all versions of the service

engine = make_engine(context.config.attributes.get("settings") or Settings())
with engine.begin() as connection:
    # a second migration at the same time waits here until the first is done
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
