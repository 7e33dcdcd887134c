from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import text

from item_service.database import make_engine
from item_service.settings import Settings


def test_a_missing_address_is_an_error_that_names_it() -> None:
    with pytest.raises(ValidationError, match="database_url\n  Field required"):
        Settings()


def test_the_environment_takes_precedence_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("DATABASE_URL=postgresql://file/items\n")
    assert Settings().url.host == "file"
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment/items")
    assert Settings().url.host == "environment"


def test_the_password_can_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "database_password").write_text("from the file\n")
    address = "postgresql://ann@db.example.com/items"
    settings = Settings(_secrets_dir=tmp_path, database_url=SecretStr(address))
    assert settings.url.password == "from the file"
    settings = Settings(_secrets_dir=tmp_path, database_url=SecretStr(address.replace("ann", "ann:secret")))
    assert settings.url.password == "secret"


def test_the_password_is_not_printed() -> None:
    settings = Settings.model_validate({"database_url": "postgresql://ann:secret@db.example.com/items"})
    assert "secret" not in f"{settings!r} {settings.url!r}"


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_driver_is_psycopg_whatever_the_address_says(driver: str) -> None:
    address = "://ann:pass%2Fword@db.example.com:5433/items"
    url = Settings.model_validate({"database_url": driver + address}).url
    assert url.set(query={}).render_as_string(hide_password=False) == "postgresql+psycopg" + address


@pytest.mark.parametrize(("parameters", "seconds"), [("", "5"), ("?sslmode=require", "5"), ("?connect_timeout=9", "9")])
def test_the_time_to_connect_is_limited_unless_the_address_says_otherwise(parameters: str, seconds: str) -> None:
    settings = Settings.model_validate({"database_url": f"postgresql://db.example.com/items{parameters}"})
    assert settings.url.query["connect_timeout"] == seconds


def test_the_parameters_of_hosted_databases_reach_the_driver(settings: Settings) -> None:
    parameters = {"sslmode": "prefer", "channel_binding": "prefer", "connect_timeout": "9", "application_name": "shop"}
    url = settings.url.update_query_dict(parameters).render_as_string(hide_password=False)
    engine = make_engine(Settings.model_validate({"database_url": url}))
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW application_name")) == "shop"
    engine.dispose()
