from pathlib import Path

import pytest

from item_service.settings import Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine take part."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_SCHEMA", raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default() -> None:
    assert Settings().database_url == "postgresql://localhost/items"
    assert Settings().database_schema == "public"


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("DATABASE_URL=postgresql://file/items\n")
    assert Settings().url.host == "file"
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment/items")
    assert Settings().url.host == "environment"


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_is_asyncpg_whatever_the_address_says(driver: str) -> None:
    url = Settings(database_url=f"{driver}://ann:pass%2Fword@db.example.com:5433/items").url
    expected = "postgresql+asyncpg://ann:pass%2Fword@db.example.com:5433/items"
    assert url.render_as_string(hide_password=False) == expected
