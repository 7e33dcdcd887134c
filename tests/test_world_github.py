"""github.com's repositories of hooks: real git fetches what PyPI's files made, the same everywhere, as of a day."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.validate import precommit
from harness.world import git
from harness.world.hosts.github import HOST, MANIFEST, SOURCES
from harness.world.world import Link, World
from world_support import BEFORE, Index, Upload, served, world

OLD, NEW = "2023-11-08T06:00:00.000000Z", "2025-12-08T06:00:00.000000Z"
HOOKS = b"- {id: black, name: black, entry: black, language: python}\n"


def source(name: str, version: str, uploaded: str) -> Upload:
    """A source distribution with a module, a program and black's kind of hooks."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, body, mode in (
            (f"{name}.py", f"version = {version!r}\n".encode(), 0o644),
            ("run.sh", b"#!/bin/sh\n", 0o755),
            (MANIFEST, HOOKS, 0o644),
        ):
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size, member.mode = len(body), mode
            archive.addfile(member, io.BytesIO(body))
    return Upload(f"{name}-{version}.tar.gz", buffer.getvalue(), uploaded)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose PyPI has four versions of black, one of them a pre-release, and two of ruff."""
    index = Index()
    index.files["black"] = [
        source("black", "23.11.0", OLD),
        source("black", "24.1.0", OLD),
        source("black", "25.12.0", NEW),
        source("black", "26.1a1", BEFORE),
    ]
    index.files["ruff"] = [source("ruff", "0.14.0", OLD), source("ruff", "0.15.0", NEW)]
    index.files["pre-commit-hooks"] = [source("pre_commit_hooks", v, OLD) for v in ("4.4.0", "6.0.0")]
    with served(index), world(tmp_path_factory.mktemp("cache"), index.address) as made:
        yield made


@pytest.fixture
def link(running: World, request: pytest.FixtureRequest) -> Link:
    return running.open(request.node.name)


def run(link: Link, *command: str, folder: Path | None = None) -> str:
    """What git prints, inside the sandbox of ``link``."""
    mine = {"PATH": os.environ["PATH"], "HTTPS_PROXY": link.proxy(), "GIT_SSL_CAINFO": str(link.world.certificate)}
    mine |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *command], cwd=folder, env=mine, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_git_clones_the_named_versions_and_the_newest(link: Link, tmp_path: Path, protocol: str) -> None:
    run(link, "-c", f"protocol.version={protocol}", "clone", f"https://{HOST}/PSF/black.git", "black", folder=tmp_path)
    clone = tmp_path / "black"
    assert run(link, "tag", "--list", folder=clone).split() == ["23.11.0", "25.12.0"]
    assert run(link, "describe", "--tags", "--exact-match", folder=clone) == "25.12.0"
    days = [dt.datetime.fromisoformat(moment) for moment in (NEW, OLD)]
    assert run(link, "log", "--format=%ct", folder=clone).split() == [str(int(day.timestamp())) for day in days]
    assert (clone / "black.py").read_text() == "version = '25.12.0'\n"
    assert (clone / MANIFEST).read_bytes() == HOOKS
    assert os.access(clone / "run.sh", os.X_OK) and not os.access(clone / "black.py", os.X_OK)
    assert link.refusals() == []


def test_pre_commit_fetches_one_tag_without_the_others_and_head_without_contents(link: Link, tmp_path: Path) -> None:
    run(link, "init", "--quiet", folder=tmp_path)
    run(link, "fetch", "--depth=1", f"https://{HOST}/psf/black", "23.11.0", folder=tmp_path)
    assert run(link, "log", "--format=%s", "FETCH_HEAD", folder=tmp_path) == "23.11.0"
    digest = run(link, "rev-parse", "FETCH_HEAD", folder=tmp_path)
    run(link, "fetch", "--filter=blob:none", "--tags", f"https://{HOST}/psf/black", "HEAD", folder=tmp_path)
    assert run(link, "describe", "--tags", "FETCH_HEAD", folder=tmp_path) == "25.12.0"
    run(link, "fetch", "--depth=1", f"https://{HOST}/psf/black", digest, folder=tmp_path)


def test_the_commits_are_the_same_in_every_sandbox(running: World) -> None:
    links = [running.open(name) for name in ("one", "other")]
    first, second = (run(link, "ls-remote", f"https://{HOST}/psf/black") for link in links)
    assert first == second
    assert first.split()[1::2] == ["HEAD", "refs/heads/main", "refs/tags/23.11.0", "refs/tags/25.12.0"]


def test_a_mirror_names_its_package_and_has_the_hooks(link: Link, tmp_path: Path) -> None:
    run(link, "clone", f"https://{HOST}/astral-sh/ruff-pre-commit", "ruff", folder=tmp_path)
    assert sorted(path.name for path in (tmp_path / "ruff").glob("*[!t]")) == [MANIFEST, "pyproject.toml"]
    assert 'dependencies = ["ruff==0.15.0"]' in (tmp_path / "ruff/pyproject.toml").read_text()
    assert run(link, "describe", "--tags", folder=tmp_path / "ruff") == "v0.15.0"


def test_the_stages_of_the_oldest_hooks_have_the_names_that_pre_commit_deprecates(link: Link, tmp_path: Path) -> None:
    run(link, "clone", f"https://{HOST}/pre-commit/pre-commit-hooks", "hooks", folder=tmp_path)
    clone = tmp_path / "hooks"
    assert "stages: [commit, push, manual]" in run(link, "show", f"v4.4.0:{MANIFEST}", folder=clone)
    assert "stages: [pre-commit, pre-push, manual]" in run(link, "show", f"v6.0.0:{MANIFEST}", folder=clone)


def test_the_newest_version_is_that_of_the_day(link: Link) -> None:
    link.day(dt.date(2024, 6, 1))
    assert run(link, "ls-remote", "--tags", f"https://{HOST}/psf/black").split()[1::2] == [
        "refs/tags/23.11.0",
        "refs/tags/24.1.0",
    ]


def test_an_unknown_repository_is_refused_by_name(link: Link) -> None:
    with pytest.raises(AssertionError, match="not found"):
        run(link, "ls-remote", f"https://{HOST}/acme/hooks")
    [refusal] = link.refusals()
    assert refusal.host == HOST
    assert refusal.why == "the guide's world has no repository acme/hooks on this host"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_pre_commit_accepts_the_hooks_that_are_kept_here(source) -> None:
    for version in (*source.older, "99.0"):
        if text := source.manifest(version):
            assert [error for error in precommit.check(text) if "deprecated stage" not in error] == []
    assert source.path == source.path.lower()


def test_a_tree_keeps_any_bytes_and_any_name(tmp_path: Path) -> None:
    body = bytes(range(256))
    files = {"a b/ü.bin": git.Entry(body), "empty": git.Entry(b"")}
    git.make(tmp_path / "made.git", [git.Tagged("1.0", 0, "Ada", files)])
    assert git.run(tmp_path / "made.git", "show", "1.0:a b/ü.bin") == body
    assert git.run(tmp_path / "made.git", "show", "1.0:empty") == b""
