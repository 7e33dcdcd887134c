"""Proxy mode: the world without a network namespace, and without unix sockets."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from world_support import DATE, Index, served, world

TESTS = Path(__file__).resolve().parent


def test_the_proxy_serves_known_hosts_and_names_the_others(tmp_path: Path) -> None:
    with served(Index()) as index, world(tmp_path, index.address) as made:
        index.add("six", "1.0")
        link = made.open("page")
        context = ssl.create_default_context(cafile=str(made.certificate))
        with httpx.Client(proxy=link.proxy(), verify=context, trust_env=False, timeout=300) as inside:
            assert "six-1.0" in inside.get(f"https://{made.hosts[0]}/simple/six/").text
            assert inside.get("https://nowhere.example.org/").status_code == 403
            answer = inside.get("http://plain.example.org/path")
            assert (answer.status_code, "plain.example.org" in answer.text) == (403, True)
            with pytest.raises(httpx.ProxyError, match="403"):
                inside.get("https://ssh.example.org:22/")
        assert [refusal.host for refusal in link.refusals()] == [
            "nowhere.example.org",
            "plain.example.org",
            "ssh.example.org",
        ]


def test_it_works_without_unix_sockets(tmp_path: Path) -> None:
    with served(Index()) as index:
        index.add("six", "1.0")
        command = [sys.executable, "-m", "harness.world.gateway", "--cache", str(tmp_path / "cache"), "--loopback"]
        command += ["--date", str(DATE), "--run", str(tmp_path)]
        environment = os.environ | {"PYTHONPATH": str(TESTS), "PIP_INDEX_URL": f"{index.address}/simple/"}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as gateway:
            assert gateway.stdin and gateway.stdout
            pypi = json.loads(gateway.stdout.readline())["hosts"][0]
            answers = []
            for verb in ("open", "proxy", "nonsense"):
                print(json.dumps({"do": verb, "link": "1"}), file=gateway.stdin, flush=True)
                answers.append(json.loads(gateway.stdout.readline()))
            context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
            with httpx.Client(proxy=f"http://127.0.0.1:{answers[1]['port']}", verify=context) as inside:
                assert "six-1.0" in inside.get(f"https://{pypi}/simple/six/").text
            assert "nonsense" in answers[2]["error"]
            assert not list(tmp_path.glob("*.sock"))
            gateway.stdin.close()
            assert gateway.wait(300) == 0
