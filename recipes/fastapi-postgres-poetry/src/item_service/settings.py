"""What differs between one installation of the service and another."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

SECRETS = Path("/run/secrets")  # where Docker and Compose mount them, a file for each setting


class Settings(BaseSettings):
    """Read from environment variables such as DATABASE_URL, then from a file .env, then from files in SECRETS.

    DATABASE_URL has no default: a service that doesn't know its database must say so, and not try another one.
    """

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", secrets_dir=SECRETS if SECRETS.is_dir() else None
    )

    database_url: SecretStr
    database_password: SecretStr | None = None
    redis_url: SecretStr | None = None
    requests_per_minute: int = Field(default=600, ge=1)

    @property
    def url(self) -> URL:
        """The address for SQLAlchemy with the driver psycopg, which takes every parameter that PostgreSQL documents.

        Unless the address says otherwise, the password is ``database_password``, and a server that doesn't answer is
        given up after 5 seconds.
        """
        url = make_url(self.database_url.get_secret_value())
        if self.database_password and url.password is None:
            url = url.set(password=self.database_password.get_secret_value())
        return url.set(drivername="postgresql+psycopg", query={"connect_timeout": "5", **url.query})
