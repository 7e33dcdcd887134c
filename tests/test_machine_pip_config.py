"""The user's way to PyPI is kept, and nothing else of the user's configuration of pip."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from harness.machine import pip_config

LISTING = """\
:env:.cert='/company/ca.pem'
:env:.target='/somewhere/else'
global.cert='/older/ca.pem'
global.constraint='/company/constraints.txt'
global.extra-index-url='file:///opt/packages https://more.example.com/simple'
global.find-links='/opt/wheels'
global.index-url='https://user:word@mirror.example.com/simple'
global.no-binary=':all:'
global.proxy='http://proxy.example.com:3128'
install.index-url='https://installing.example.com/simple'
install.user='yes'
wheel.index-url='https://other.example.com/simple'
"""


def test_index_proxy_and_certificate_are_kept_and_the_rest_is_not() -> None:
    assert pip_config.settings(LISTING) == {
        "cert": "/company/ca.pem",
        "extra-index-url": "https://more.example.com/simple",
        "index-url": "https://installing.example.com/simple",
        "proxy": "http://proxy.example.com:3128",
    }


def test_a_folder_of_packages_is_kept_where_the_user_has_nothing_else() -> None:
    assert pip_config.settings("global.find-links='/wheels'\n:env:.no-index='1'\n") == {
        "find-links": "/wheels",
        "no-index": "1",
    }


def test_pip_is_given_only_what_was_kept() -> None:
    environ = {"PATH": "/bin", "PIP_TARGET": "/x", "PIP_USER": "1", "PIP_CONFIG_FILE": "/y", "PYTHONPATH": "/z"}
    assert pip_config.for_pip({"index-url": "https://mirror.example.com/simple"}, environ) == {
        "PATH": "/bin",
        "PIP_INDEX_URL": "https://mirror.example.com/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }


def test_uv_is_told_the_same_in_its_own_words() -> None:
    environ = {"UV_INDEX_URL": "https://stale.example.com/simple", "UV_OFFLINE": "1", "HTTPS_PROXY": "http://own:1"}
    env = pip_config.for_uv(pip_config.settings(LISTING), environ, Path("/cache"))
    assert env["UV_DEFAULT_INDEX"] == "https://installing.example.com/simple"
    assert env["UV_INDEX"] == "https://more.example.com/simple"
    assert env["SSL_CERT_FILE"] == "/company/ca.pem"
    assert (env["HTTPS_PROXY"], env["HTTP_PROXY"]) == ("http://own:1", "http://proxy.example.com:3128")
    assert env["UV_PYTHON_DOWNLOADS"] == "never"
    assert "UV_OFFLINE" not in env and "UV_INDEX_URL" not in env


def test_uv_is_sent_to_a_folder_of_packages() -> None:
    env = pip_config.for_uv({"no-index": "true", "find-links": "/a\n/b"}, {}, Path("/cache"))
    assert (env["UV_NO_INDEX"], env["UV_FIND_LINKS"]) == ("1", "/a,/b")


def test_an_index_that_the_user_named_for_uv_wins() -> None:
    environ = {"UV_DEFAULT_INDEX": "https://own.example.com/simple"}
    env = pip_config.for_uv({"index-url": "https://mirror.example.com/simple"}, environ, Path("/cache"))
    assert env["UV_DEFAULT_INDEX"] == "https://own.example.com/simple"


@pytest.mark.parametrize("provider, kept", [("subprocess", "subprocess"), ("import", None)])
def test_only_a_keyring_provider_that_uv_knows_reaches_it(provider: str, kept: str | None) -> None:
    assert pip_config.for_uv({"keyring-provider": provider}, {}, Path("/c")).get("UV_KEYRING_PROVIDER") == kept


def test_the_users_configuration_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://mirror.example.com/simple\nuser = true\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    found = pip_config.configured(sys.executable)
    assert found["index-url"] == "https://mirror.example.com/simple"
    assert "user" not in found
