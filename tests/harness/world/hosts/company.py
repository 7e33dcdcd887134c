"""A company's package index with a login, empty for every sandbox.

The login of its one user, for downloads and uploads, is ``alice`` with the password ``correct-horse-battery``.
``/simple/`` has the company's own packages, ``/legacy/`` takes uploads, and ``/proxy/simple/`` is a virtual repository:
the company's own names first and exclusively, every other name from PyPI.
"""

from __future__ import annotations

from harness.world.host import Host
from harness.world.hosts.pypi import public
from harness.world.index.repository import Repository
from harness.world.index.shelf import Shelf
from harness.world.link import Link

HOST = "packages.example.com"
USER, PASSWORD = "alice", "correct-horse-battery"


def hosts(link: Link) -> list[Host]:
    shelf = link.state((HOST, "shelf"), lambda: Shelf(link.folder / HOST))
    own = Repository(HOST, shelf, login, uploads="/legacy/")
    return [own.share(), Repository(HOST, shelf, login, prefix="/proxy", behind=public(link)).share()]


def login(user: str, password: str) -> bool:
    return (user, password) == (USER, PASSWORD)
