"""Bring the tables to what this version of the service needs: `python -m item_service.migrate`.

Run it once per deployment, before the new version starts; the service itself never changes tables.
"""

import logging

from alembic import command
from alembic.config import Config

from .settings import Settings


def configuration(settings: Settings | None = None) -> Config:
    """Alembic's configuration, without a file, so that an installed package is enough."""
    config = Config(attributes={"settings": settings or Settings()})
    config.set_main_option("script_location", "item_service:migrations")
    return config


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    command.upgrade(configuration(), "head")
