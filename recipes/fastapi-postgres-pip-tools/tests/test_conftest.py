import pytest
from conftest import pytest_configure


@pytest.mark.parametrize("address", ["postgres://ann@db.example.com/items", "postgresql://db.example.com:5432/items"])
def test_the_tests_refuse_the_database_of_the_service_however_it_is_written(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", address)
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://bob:secret@db.example.com/items")
    with pytest.raises(pytest.UsageError, match="are the same"):
        pytest_configure()
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.com/production")
    pytest_configure()
