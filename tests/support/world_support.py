"""A PyPI of our own on a loopback port for the tests of the world, with every fault that a real one can have."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import http.server
import io
import json
import ssl
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from harness.world.world import Link, World
from warm import Warm

DATE = dt.date(2026, 1, 15)
BEFORE, AFTER = "2026-01-14T23:59:59.999999Z", "2026-01-15T00:00:00.000000Z"
JSON = "application/vnd.pypi.simple.v1+json"


def wheel(
    name: str, version: str, requires: str = "", padding: int = 0, metadata: bool = True, last: bool = True
) -> bytes:
    """A real wheel with one module; ``padding`` bytes of it can't be compressed.

    Unless its metadata comes ``last``, as most tools write it, it comes first.
    """
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *([f"Requires-Dist: {requires}"] * bool(requires)),
    ]
    code = {f"{name}.py": f"version = {version!r}\n".encode()}
    if padding:
        code[f"{name}.bin"] = hashlib.shake_256(name.encode()).digest(padding)
    info = f"{name}-{version}.dist-info"
    told = {f"{info}/METADATA": "\n".join([*lines, "", ""]).encode()} if metadata else {}
    told[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    parts = {**code, **told} if last else {**told, **code}
    record = [f"{path},sha256={_b64(body)},{len(body)}" for path, body in parts.items()]
    parts[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, body in parts.items():
            archive.writestr(zipfile.ZipInfo(path), body)
    return buffer.getvalue()


def _b64(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


@dataclass
class Upload:
    filename: str
    body: bytes
    uploaded: str = BEFORE
    yanked: str | bool = False

    @property
    def path(self) -> str:
        digest = hashlib.blake2b(self.body, digest_size=32).hexdigest()
        return f"/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{self.filename}"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Index:
    """What the index has, how it behaves, and what was asked of it.

    ``json`` and ``api``: whether it speaks PEP 691 and has the project JSON; ``dated``: whether pages tell times.
    ``short`` answers are cut off by half; ``wrong`` files have other content than the page says;
    ``gate`` holds downloads back in the middle until it is set; ``metadata`` files are served where they are named.
    ``place`` is where its pages are and ``document`` where its project JSON is; ``lies`` are digests that pages say;
    ``deaf`` requests get no answer; an ``empty`` index hasn't got pip. ``heard`` has the headers of each path;
    ``sent`` is how many bytes of each file were asked for.
    It answers as a proxy as well: what is asked of any host comes from this index.
    """

    files: dict[str, list[Upload]] = field(default_factory=dict)
    json: bool = True
    api: bool = True
    dated: bool = True
    ranges: bool = True
    short: int = 0
    wrong: bool = False
    broken: int = 0
    empty: bool = False
    place: str = "/simple"
    document: str = "/pypi/{}/json"
    lies: dict[str, str] = field(default_factory=dict)
    deaf: bool = False
    heard: dict[str, Message] = field(default_factory=dict)
    gate: threading.Event | None = None
    metadata: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    address: str = ""

    def add(self, name: str, *versions: str, uploaded: str = BEFORE, **more: object) -> Upload:
        """Put wheels on the index; returns the last one."""
        for version in versions:
            body = wheel(name, version, **more)  # type: ignore[arg-type]
            self.files.setdefault(name, []).append(Upload(f"{name}-{version}-py3-none-any.whl", body, uploaded))
        return self.files[name][-1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index: Index

    def log_message(self, *_: object) -> None:
        """The tests' output is no place for an access log."""

    def do_GET(self) -> None:
        index, path = self.index, urlsplit(self.path).path
        index.asked[path] += 1
        index.heard[path] = self.headers
        while index.deaf:
            time.sleep(0.01)
        if index.broken:
            index.broken -= 1
            return self._send(b"busy", "text/plain", 503)
        parts = path.strip("/").split("/")
        for name in index.files:
            if path == f"{index.place}/{name}/":
                return self._page(name)
            if path == index.document.format(name) and index.api:
                return self._api(name)
        if path.endswith(".metadata") and parts[-1].removesuffix(".metadata") in index.metadata:
            return self._send(index.metadata[parts[-1].removesuffix(".metadata")], "application/octet-stream")
        for upload in (upload for uploads in index.files.values() for upload in uploads):
            if upload.path == path:
                return self._file(upload)
        return self._send(b"", "text/plain", 404)

    def _page(self, name: str) -> None:
        index, uploads = self.index, self.index.files[name]
        if index.json and JSON in self.headers["accept"]:
            entries = [
                {
                    "filename": u.filename,
                    "url": index.address + u.path,
                    "hashes": {"sha256": index.lies.get(u.filename, u.sha256)},
                    "yanked": u.yanked,
                }
                | ({"size": len(u.body), "upload-time": u.uploaded} if index.dated else {})
                for u in uploads
            ]
            page = {"meta": {"api-version": "1.1"}, "name": name, "files": entries, "versions": []}
            return self._send(json.dumps(page).encode(), JSON)
        root = "/".join([".."] * index.place.count("/") + [".."])
        links = [
            f'<a href="{root}{u.path}#sha256={u.sha256}" data-yanked="old">{u.filename}</a>'
            if u.yanked
            else f'<a href="{root}{u.path}#sha256={u.sha256}">{u.filename}</a>'
            for u in uploads
        ]
        return self._send("<!DOCTYPE html><html><body>{}</body></html>".format("\n".join(links)).encode(), "text/html")

    def _api(self, name: str) -> None:
        uploads = self.index.files[name]
        releases: dict[str, list[object]] = {}
        for u in uploads:
            entry = {"filename": u.filename, "size": len(u.body), "upload_time_iso_8601": u.uploaded, "url": u.path}
            releases.setdefault(u.filename.split("-")[1], []).append(entry)
        self._send(json.dumps({"info": {}, "releases": releases}).encode(), "application/json")

    def _file(self, upload: Upload) -> None:
        index = self.index
        body = bytes(len(upload.body)) if index.wrong else upload.body
        wanted = self.headers["range"] if index.ranges else None
        first, _, last = (wanted or "bytes=0-").removeprefix("bytes=").partition("-")
        start, body = int(first), body[: int(last) + 1] if last else body
        index.sent[upload.filename] += len(body) - start
        self._head(206 if wanted else 200, "application/zip", len(body) - start)
        half = start + (len(body) - start) // 2
        self.wfile.write(body[start:half])
        if index.gate:
            self.wfile.flush()
            index.gate.wait(300)
        if index.short:
            index.short -= 1
            self.close_connection = True
        else:
            self.wfile.write(body[half:])

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self._head(status, kind, len(body))
        self.wfile.write(body)

    def _head(self, status: int, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(length))
        self.end_headers()


@contextlib.contextmanager
def served(index: Index, tls: ssl.SSLContext | None = None) -> Iterator[Index]:
    """``index`` on a loopback port, at ``index.address``; as every mirror it has pip, unless it is ``empty``."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that went away is what some tests want."""

    with Server(("127.0.0.1", 0), type("Bound", (Handler,), {"index": index})) as server:
        if not index.empty:
            index.add("pip", "1.0")
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        index.address = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield index
        index.deaf = False
        server.shutdown()


@contextlib.contextmanager
def world(
    cache: Path,
    upstream: str = "",
    date: dt.date = DATE,
    offline: bool = False,
    more: dict[str, str] | None = None,
    kind: type[World] = Warm,
) -> Iterator[World]:
    """A world with a short path for its sockets; ``upstream`` is a mirror's address, ``more`` are options of pip's.

    ``kind`` is World itself where the gateway has to be a fresh process.
    """
    registry = ({"index-url": f"{upstream}/simple"} if upstream else {}) | (more or {})
    with tempfile.TemporaryDirectory(prefix="w") as run, kind(cache, date, offline, Path(run), registry) as running:
        yield running


def client(link: Link, **more: object) -> httpx.Client:
    """A client inside the sandbox of ``link``: every host name leads to its socket."""
    context = ssl.create_default_context(cafile=str(link.world.certificate))
    transport = httpx.HTTPTransport(uds=str(link.socket), verify=context)
    return httpx.Client(transport=transport, timeout=300, trust_env=False, **more)  # type: ignore[arg-type]


def upload(
    web: httpx.Client,
    url: str,
    login: tuple[str, str] | None,
    body: bytes,
    name: str,
    version: str,
    fields: dict[str, str] | None = None,
) -> httpx.Response:
    """The multipart form that Twine sends."""
    form = {
        ":action": "file_upload",
        "protocol_version": "1",
        "name": name,
        "version": version,
        "filetype": "bdist_wheel",
    }
    form |= {"sha256_digest": hashlib.sha256(body).hexdigest(), "pyversion": "py3", "metadata_version": "2.1"} | (
        fields or {}
    )
    files = {"content": (f"{name.replace('-', '_')}-{version}-py3-none-any.whl", body, "application/octet-stream")}
    return web.post(url, data=form, files=files, auth=login or httpx.USE_CLIENT_DEFAULT)
