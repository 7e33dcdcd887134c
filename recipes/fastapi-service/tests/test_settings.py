from pathlib import Path

import pytest

from item_service.settings import Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from the settings of this machine."""
    monkeypatch.delenv("ITEMS_DATABASE", raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default() -> None:
    assert Settings().database == Path("items.db")


def test_the_file_env_is_read() -> None:
    Path(".env").write_text("ITEMS_DATABASE=from-file.db\n")
    assert Settings().database == Path("from-file.db")


def test_the_environment_takes_precedence_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("ITEMS_DATABASE=from-file.db\n")
    monkeypatch.setenv("ITEMS_DATABASE", "from-environment.db")
    assert Settings().database == Path("from-environment.db")
