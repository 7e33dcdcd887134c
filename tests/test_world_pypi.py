"""The real PyPI and real sizes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from harness.world.world import Link, World
from world_support import Index, client, served, world

MEGABYTE = 1_000_000


def test_four_sandboxes_take_60_megabytes_at_once_in_less_memory_than_one_of_them(tmp_path: Path) -> None:
    index = Index()
    upload = index.add("big", "1.0", padding=60 * MEGABYTE)
    url = "https://{}" + upload.path
    sizes: list[int] = []

    def take(link: Link) -> None:
        with client(link) as inside, inside.stream("GET", url.format(link.world.hosts[1])) as answer:
            sizes.append(sum(len(piece) for piece in answer.iter_raw(1 << 18)))

    with served(index), world(tmp_path, index.address, kind=World) as running:
        with client(running.open("page")) as inside:
            assert inside.get(f"https://{running.hosts[0]}/simple/big/").status_code == 200
        before = running.peak()
        for _ in ("recording", "replaying"):
            threads = [threading.Thread(target=take, args=[running.open(str(number))]) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        peak = running.peak()
    assert sizes == [len(upload.body)] * 8
    assert index.asked[upload.path] == 1
    assert 0 < before <= peak < before + len(upload.body)


def test_pypi_itself_is_recorded_once_and_installed_from_offline(tmp_path: Path) -> None:
    uv = pytest.importorskip("uv").find_uv_bin()
    cache, environment = tmp_path / "cache", {"PATH": os.environ["PATH"], "UV_CACHE_DIR": str(tmp_path / "uv")}
    results: list[bytes] = []
    for offline in (False, True):
        with world(cache, offline=offline) as running:
            link = running.open("page")
            with client(link) as inside:
                answer = inside.get(f"https://{running.hosts[0]}/simple/six/")
            if answer.status_code == 504 and not offline:
                pytest.skip(answer.text)
            proxied = environment | {"HTTPS_PROXY": link.proxy(), "SSL_CERT_FILE": str(running.certificate)}
            proxied |= {"REQUESTS_CA_BUNDLE": str(running.certificate)}  # what older pips look at
            for number, tool in enumerate(([sys.executable, "-m", "pip", "--isolated"], [uv, "pip"])):
                target = tmp_path / f"{offline}{number}"
                command = [*tool, "install", "--target", str(target), "--no-cache-dir", "six", "idna"]
                if tool[0] == uv:
                    command += ["--python", sys.executable]
                done = subprocess.run(command, env=proxied, capture_output=True, text=True, cwd=tmp_path)
                assert done.returncode == 0, done.stderr
                results.append((target / "six.py").read_bytes())
                assert (target / "idna" / "core.py").is_file()
            assert link.refusals() == []
    assert len(set(results)) == 1
