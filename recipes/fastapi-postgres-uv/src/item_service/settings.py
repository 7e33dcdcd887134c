"""What differs between one installation of the service and another."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url


class Settings(BaseSettings):
    """Read from the environment variable DATABASE_URL, then from a file .env.

    It has no default: a service that doesn't know its database must say so, and not try another one.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: SecretStr

    @property
    def url(self) -> URL:
        """The address for SQLAlchemy with the driver psycopg, which takes every parameter that PostgreSQL documents.

        Unless the address says otherwise, a server that doesn't answer is given up after 5 seconds.
        """
        url = make_url(self.database_url.get_secret_value())
        return url.set(drivername="postgresql+psycopg", query={"connect_timeout": "5", **url.query})
