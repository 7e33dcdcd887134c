"""What differs between one installation of the service and another."""

from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url


class Settings(BaseSettings):
    """Read from the environment variables DATABASE_URL and DATABASE_SCHEMA, then from a file .env."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str = "postgresql://localhost/items"
    database_schema: str = "public"

    @property
    def url(self) -> URL:
        """The database's address for SQLAlchemy, whatever driver ``database_url`` names or leaves open."""
        return make_url(self.database_url).set(drivername="postgresql+asyncpg")
