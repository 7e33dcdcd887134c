"""What differs between one installation of the service and another."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from environment variables that begin with ITEMS_, then from a file .env."""

    model_config = SettingsConfigDict(env_prefix="ITEMS_", env_file=".env", extra="ignore")

    database: Path = Path("items.db")
