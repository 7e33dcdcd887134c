"""What the process that warm.py forks from imports and finds out, before anything is asked of it."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing import forkserver, resource_tracker

import httpcore
import libyaml
import pytest
import uvicorn.protocols.http.auto
from harness.kinds import table
from harness.machine import pip_config
from harness.machine.pythons import find_interpreters
from harness.page import markup, rewrite
from harness.project import ROOT, Project
from harness.run import campaign, supplies
from harness.run.proofs import own_digests
from harness.sandbox import isolation
from harness.world import gateway
from harness.world.pypi import access
from warm import Warm

# what the pytest plugin and a gateway import; pytest wants to import the plugin itself
IMPORTED = (campaign, gateway, httpcore, libyaml, markup, rewrite, table, uvicorn)


def change(env: Mapping[str, str]) -> None:
    """Let ``env`` be the environment, and find out again what depends on another PATH or home."""
    same = env.get("PATH") == os.environ.get("PATH") and env.get("HOME") == os.environ.get("HOME")
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None  # TMPDIR may be another
    if not same:
        find_interpreters.cache_clear()
        isolation._works.cache_clear()


def main(arguments: list[str]) -> int:
    return int(pytest.main(arguments))


find_interpreters()
isolation.available()
own_digests()
for registry in (pip_config.configured(sys.executable), {}):
    access.client(registry)  # the authorities
markup.Markup(*Project(ROOT).markdown)  # the theme and the extensions
supplies.World = Warm  # type: ignore[misc]
# "usually a child process will just reuse the forkserver started by its parent, so ensure_running() will do nothing",
# says its docstring; in a fork it would start another one (CPython 3.11 to 3.14)
forkserver._forkserver.ensure_running = resource_tracker.ensure_running  # type: ignore[method-assign]
gc.freeze()  # nothing of all this is ever collected, so that forks share its memory
