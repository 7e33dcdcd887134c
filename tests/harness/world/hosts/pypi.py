"""PyPI as it was on the sandbox's day."""

from __future__ import annotations

from pip._internal.models.index import PyPI

from harness.world.host import Host
from harness.world.hosts import actions, gitlab
from harness.world.index.identity import Issuer
from harness.world.link import Link
from harness.world.pypi.public import Public
from harness.world.pypi.recording import recording


def hosts(link: Link) -> list[Host]:
    return public(link).shares()


def doubt(link: Link) -> None:
    """The sandbox's page is red: what it was shown of PyPI may be why."""
    recording(link.common).pages.doubt(public(link).used)


def public(link: Link) -> Public:
    """PyPI, for other hosts that pass it on."""
    upload = f"upload.{PyPI.netloc}"
    return Public(
        "PyPI", link, PyPI.netloc, PyPI.file_storage_domain, upload, recording(link.common), "pypi", issuers(link), True
    )


def issuers(link: Link) -> dict[str, Issuer]:
    """Who signs the identity of which CI's jobs; PyPI knows no other."""
    return {"github": actions.issuer(link), "gitlab": gitlab.issuer(link)}
