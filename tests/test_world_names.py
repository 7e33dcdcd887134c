"""Names, versions and content types, read as the standards say."""

from __future__ import annotations

import pytest
from harness.world.index.negotiation import negotiate
from harness.world.index.simple import projects, version
from world_support import JSON


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html", "text/html"),
        (JSON, JSON),
        (f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", JSON),
        (f"text/html;q=0.9, {JSON};q=0.2", "text/html"),
        ("application/vnd.pypi.simple.latest+json", JSON),
        (f"{JSON};q=0, text/html;q=0.1", "text/html"),
        ("image/png", None),
    ],
)
def test_the_form_of_a_page_is_negotiated(accept: str, kind: str | None) -> None:
    assert negotiate(accept) == kind


@pytest.mark.parametrize(
    ("filename", "project", "expected"),
    [
        ("six-1.17.0-py2.py3-none-any.whl", "six", "1.17.0"),
        ("Flask_Login-0.6.3.tar.gz", "flask-login", "0.6.3"),
        ("zope.interface-5.0-cp39-cp39-linux_x86_64.whl", "zope-interface", "5.0"),
        ("pytz-2004b-py2.3.egg", "pytz", "2004b"),
        ("foo-1.0-1.tar.gz", "foo", "1.0-1"),
        ("other-1.0.tar.gz", "foo", ""),
    ],
)
def test_versions_are_read_from_file_names(filename: str, project: str, expected: str) -> None:
    assert version(filename, project) == expected
    assert not expected or project in projects(filename)
