"""Inside a sandbox's network: names, port 443, port 80."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.world.forwarder import question, reply
from harness.world.world import Link
from world_support import Index, served, world

NAMESPACE = ["unshare", "-r", "-n", "sh", "-c"]
LIMIT = 300  # seconds for what takes one or two on an idle machine
UP = "ip link set lo up 2>/dev/null || ifconfig lo up"


def possible() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*NAMESPACE, UP], capture_output=True).returncode == 0


needs_namespace = pytest.mark.skipif(not possible(), reason="no rootless network namespaces here")


@pytest.fixture
def index() -> Iterator[Index]:
    with served(Index()) as running:
        yield running


@pytest.fixture
def link(index: Index, tmp_path: Path) -> Iterator[Link]:
    with world(tmp_path, index.address) as running:
        yield running.open("page")


def inside(link: Link, code: str, *arguments: str, descriptors: int = 0) -> str:
    """What ``code`` prints, run by Python in a network of its own behind the forwarder of ``link``.

    ``descriptors`` is how many open files the forwarder may have, where they are to be few.
    """
    measured = "COVERAGE_PROCESS_CONFIG" in os.environ  # by coverage.py, which starts from site-packages
    command = [part for part in link.forwarder if part != "-S" or not measured]
    few = f"resource.setrlimit(resource.RLIMIT_NOFILE, ({descriptors}, {descriptors}))" if descriptors else "pass"
    wrapper = (
        "import subprocess, sys, os, resource\n"
        f"def limit(): {few}\n"
        f"forwarder = subprocess.Popen({command!r}, stdout=subprocess.PIPE, preexec_fn=limit)\n"
        "assert forwarder.stdout.readline() == b'ready\\n'\n"
        "try:\n    exec(sys.argv[1])\nfinally:\n    forwarder.terminate(); forwarder.wait()\n"
    )
    command = [*NAMESPACE, f'{UP}; exec "$@"', "sh", sys.executable, "-I", "-S", "-c", wrapper, code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done.stderr
    return done.stdout


ASK = """
import socket, struct
def ask(name, kind):
    packet = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0)
    packet += b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(100)
        client.sendto(packet + struct.pack("!HH", kind, 1), ("127.0.0.1", 53))
        return client.recv(512)
"""


@needs_namespace
def test_every_name_is_at_home_and_is_noted(link: Link) -> None:
    code = ASK + "print(ask('Git.Example.org', 1)[-4:].hex(), ask('git.example.org', 28)[6:8].hex())\n"
    code += "print(ask('1.0.0.127.in-addr.arpa', 12)[3:4].hex())"
    assert inside(link, code).split() == ["7f000001", "0000", "80"]
    assert link.names.read_text().split() == ["git.example.org"] * 2
    assert [refusal.host for refusal in link.refusals()] == ["git.example.org"]


@needs_namespace
def test_a_name_without_a_dot_does_not_exist_and_is_no_attempt_to_leave(link: Link) -> None:
    code = ASK + "print(*(ask(name, 1)[3:8].hex() for name in ('db', 'localhost', 'example.org')))"
    assert inside(link, code).split() == ["8300010000", "8000010001", "8000010001"]
    assert "db" not in link.names.read_text().split()


@needs_namespace
def test_containers_reach_the_world_at_an_address_that_is_not_their_loopback(link: Link, index: Index) -> None:
    code = ASK.replace("127.0.0.1", "192.0.2.1") + (
        "import ssl\n"
        "subprocess.run(['ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo'], check=True)\n"
        f"more = subprocess.Popen([*{link.forwarding!r}, '192.0.2.1'], stdout=subprocess.PIPE)\n"
        "assert more.stdout.readline() == b'ready\\n'\n"
        "print(ask('pypi.example', 1)[-4:].hex())\n"
        f"context = ssl.create_default_context(cafile={str(link.world.certificate)!r})\n"
        "with socket.create_connection(('192.0.2.1', 443)) as plain:\n"
        "    print(context.wrap_socket(plain, server_hostname='pypi.example').version())\n"
        "more.terminate(); more.wait()\n"
    )
    assert inside(link, code).split() == ["c0000201", "TLSv1.3"]
    assert link.names.read_text().split() == ["pypi.example"]


@needs_namespace
def test_nonsense_on_the_name_port_is_survived(link: Link) -> None:
    code = ASK + (
        "with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:\n"
        "    for packet in (b'', b'x', bytes(12) + b'\\xff' * 40): client.sendto(packet, ('127.0.0.1', 53))\n"
        "print(ask('a.example.org', 1)[-4:].hex())"
    )
    assert inside(link, code) == "7f000001\n"


@needs_namespace
def test_plain_http_is_refused_and_noted(link: Link) -> None:
    code = (
        "import urllib.request, urllib.error\n"
        "request = urllib.request.Request('http://127.0.0.1/x/y', headers={'Host': 'plain.example.org'})\n"
        "try: urllib.request.urlopen(request, timeout=100)\n"
        "except urllib.error.HTTPError as error: print(error.code, error.read().decode())"
    )
    assert inside(link, code).startswith("403 403 Forbidden: plain HTTP to plain.example.org isn't served")
    assert [refusal.what for refusal in link.refusals()] == ["GET http://plain.example.org/x/y"]


@needs_namespace
def test_port_443_is_the_gateway_for_large_files_too(link: Link, index: Index) -> None:
    upload = index.add("big", "1.0", padding=8_000_000)
    files = link.world.hosts[1]
    code = (
        "import ssl, socket, hashlib\n"
        f"context = ssl.create_default_context(cafile={str(link.world.certificate)!r})\n"
        "raw = socket.create_connection(('127.0.0.1', 443), timeout=100)\n"
        f"connection = context.wrap_socket(raw, server_hostname={files!r})\n"
        f"connection.sendall(b'GET {upload.path} HTTP/1.1\\r\\nHost: {files}\\r\\nConnection: close\\r\\n\\r\\n')\n"
        "body = b''.join(iter(lambda: connection.recv(65536), b'')).partition(b'\\r\\n\\r\\n')[2]\n"
        "print(hashlib.sha256(body).hexdigest())"
    )
    assert inside(link, code).strip() == upload.sha256


@needs_namespace
def test_a_half_closed_connection_still_gets_its_answer(tmp_path: Path) -> None:
    """A plain echo in the gateway's place, since TLS has its own way to close."""
    path = tmp_path / "s"
    echo = (
        "import socket, sys\n"
        "server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); server.listen(); print('up', flush=True)\n"
        "server.settimeout(100)\n"
        "client, _ = server.accept(); client.settimeout(100)\n"
        "body = b''.join(iter(lambda: client.recv(65536), b''))\n"
        "client.sendall(body[::-1]); client.close()\n"
    )
    code = (
        "import socket\n"
        "client = socket.create_connection(('127.0.0.1', 443), timeout=100); client.sendall(b'abc' * 100000)\n"
        "client.shutdown(socket.SHUT_WR)\n"
        "print(len(b''.join(iter(lambda: client.recv(65536), b''))))"
    )
    with world(tmp_path / "cache", offline=True) as running:
        link = running.open("page")
        link.socket.unlink()
        path = link.socket
        with subprocess.Popen([sys.executable, "-c", echo, str(path)], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout and server.stdout.readline() == "up\n"
            assert inside(link, code) == "300000\n"
            assert server.wait(LIMIT) == 0


@needs_namespace
@pytest.mark.parametrize("descriptors", [0, 100], ids=["each is served", "fewer descriptors than connections"])
def test_six_hundred_connections_at_once_are_survived(link: Link, index: Index, descriptors: int) -> None:
    index.add("six", "1.0")
    pypi = link.world.hosts[0]
    code = (
        "import socket, ssl\n"
        f"context = ssl.create_default_context(cafile={str(link.world.certificate)!r})\n"
        "many = [socket.socket() for _ in range(600)]\n"
        "for client in many: client.setblocking(False); client.connect_ex(('127.0.0.1', 443))\n"
        f"if {descriptors}:\n"
        "    for client in many: client.close()\n"
        "raw = socket.create_connection(('127.0.0.1', 443), timeout=100)\n"
        f"connection = context.wrap_socket(raw, server_hostname={pypi!r})\n"
        f"connection.sendall(b'GET /simple/six/ HTTP/1.1\\r\\nHost: {pypi}\\r\\nConnection: close\\r\\n\\r\\n')\n"
        "print(connection.recv(65536).split()[1].decode())"
    )
    assert inside(link, code, descriptors=descriptors) == "200\n"


@needs_namespace
def test_it_becomes_ready_each_time_it_is_started(link: Link) -> None:
    for _ in range(3):
        command = [*NAMESPACE, f'{UP}; exec "$@"', "sh", *link.forwarder]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as forwarder:
            assert forwarder.stdout and forwarder.stdout.readline() == b"ready\n"
            forwarder.kill()


@needs_namespace
def test_a_published_port_leads_out_of_the_network_while_it_is_used(link: Link, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    code = (
        "import pathlib, socket, time\n"
        "def ask(port):\n"
        "    with socket.create_connection(('127.0.0.1', port), timeout=30) as client:\n"
        "        client.sendall(b'abc' * 100000); client.shutdown(socket.SHUT_WR)\n"
        "        return len(b''.join(iter(lambda: client.recv(65536), b'')))\n"
        "try: ask(8000)\n"
        "except ConnectionRefusedError: print('closed'); pathlib.Path(sys.argv[2]).touch()\n"
        "end = time.monotonic() + 60\n"
        "while True:\n"
        "    try: print(ask(8000)); break\n"
        "    except ConnectionRefusedError:\n"
        "        assert time.monotonic() < end; time.sleep(0.05)\n"
    )

    def echo() -> None:
        with server.accept()[0] as client:
            client.sendall(b"".join(iter(lambda: client.recv(65536), b"")))

    def publish() -> None:
        while not asked.exists():
            time.sleep(0.05)
        link.started(own_network=True)
        link.publish(8000, server.getsockname()[1])

    with socket.create_server(("127.0.0.1", 0)) as server:
        threads = [threading.Thread(target=target) for target in (echo, publish)]
        for thread in threads:
            thread.start()
        said = inside(link, code, str(asked)).split()
        for thread in threads:
            thread.join(60)
    assert said == ["closed", "300000"]


def test_a_question_is_read_and_answered_as_dns_says() -> None:
    packet = struct.pack("!HHHHHH", 9, 0x0100, 1, 0, 0, 0) + b"\x03ABC\x03org\0" + struct.pack("!HH", 1, 1)
    name, kind, asked = question(packet)
    assert (name, kind, asked) == ("abc.org", 1, packet[12:])
    answer = reply(packet, kind, asked)
    assert struct.unpack("!HHHHHH", answer[:12]) == (9, 0x8180, 1, 1, 0, 0)
    assert answer.endswith(socket.inet_aton("127.0.0.1"))
    assert struct.unpack("!HHHHHH", reply(packet, 28, asked)[:12])[3] == 0
