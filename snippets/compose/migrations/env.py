"""Alembic runs this file."""

import asyncio
import logging

from alembic import context
from sqlalchemy import Connection

from shop import Base, Settings, make_engine


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    engine = make_engine(Settings())
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


logging.basicConfig(level=logging.INFO, format="%(message)s")
asyncio.run(main())
