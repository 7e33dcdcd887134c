"""TestPyPI, without a project until the sandbox uploads one: the real one has whatever was tried out there.

https://packaging.python.org/en/latest/guides/using-testpypi/
"""

from __future__ import annotations

from pip._internal.models.index import TestPyPI

from harness.world.host import Host
from harness.world.hosts.pypi import issuers
from harness.world.link import Link
from harness.world.pypi.public import Public

INDEX, FILES = TestPyPI.netloc, TestPyPI.file_storage_domain


def hosts(link: Link) -> list[Host]:
    return Public("TestPyPI", link, INDEX, FILES, INDEX, audience="testpypi", issuers=issuers(link)).shares()
