"""Inside a sandbox's network: ``python forwarder.py SOCKET NAMES CONTROL [ADDRESS]``, standard library only.

Joins 127.0.0.1:443 (and [::1]:443) to the gateway's SOCKET, byte for byte; answers every name asked of
127.0.0.1:53 with 127.0.0.1 and appends it to NAMES, so that attempts which never reach the gateway are seen as well;
a name without a dot doesn't exist, as for any reader: a container that isn't running, or another network's;
joins port 80 to SOCKET.plain, where the few hosts that speak plain HTTP are. Prints ``ready`` once all of it listens.
With ADDRESS it does all that at this one in place of 127.0.0.1: containers have a loopback of their own.

Further ports are asked for at the unix socket CONTROL, while pages run: a connection says a port's number and is given
``ok`` with sockets that listen there (unix(7), SCM_RIGHTS), or why not. A socket stays in the network that it was made
in, so that whoever asked accepts from inside and connects to what is outside (:mod:`harness.world.ports`).
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
PIECE = 1 << 16  # bytes passed on at a time
A = 1  # a DNS record's type, of an IPv4 address (RFC 1035, section 3.2.2)
PLAIN = ".plain"  # behind the path of the gateway's socket: that of the one without TLS
ANSWER, NO_SUCH_NAME = 0x8180, 3  # a DNS answer's flags, and its response code (RFC 1035, section 4.1.1)
TTL = 60  # seconds
PAUSE = 0.05  # seconds before another attempt to serve a connection


def join(client: socket.socket, target: int | str) -> None:
    """Pass bytes both ways between ``client`` and ``target``: a unix socket's path, or a port of this loopback.

    Each way ends on its own (a half-closed connection).
    """
    # RuntimeError: no thread is left for the way back; this connection ends, and the others go on.
    with client, contextlib.suppress(OSError, RuntimeError), reach(target) as server:
        back = threading.Thread(target=carry, args=(server, client), daemon=True)
        back.start()
        carry(client, server)
        back.join()


def reach(target: int | str) -> socket.socket:
    if isinstance(target, int):
        return socket.create_connection((LOOPBACK, target))
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(target)
    except OSError:
        server.close()
        raise
    return server


def carry(source: socket.socket, target: socket.socket) -> None:
    buffer = memoryview(bytearray(PIECE))
    try:
        while count := source.recv_into(buffer):
            target.sendall(buffer[:count])
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def question(packet: bytes) -> tuple[str, int, bytes]:
    """The name and type that a DNS packet asks for, and its question section (RFC 1035, section 4)."""
    labels, place = [], 12
    while length := packet[place]:
        labels.append(packet[place + 1 : place + 1 + length].decode("ascii", "replace"))
        place += length + 1
    return ".".join(labels).lower(), struct.unpack_from("!H", packet, place + 1)[0], packet[12 : place + 5]


def reply(packet: bytes, kind: int, asked: bytes, address: str = LOOPBACK) -> bytes:
    """``address`` for A, and for every other type an empty answer without an error; no such name where it is empty."""
    count = 1 if kind == A and address else 0
    head = packet[:2] + struct.pack("!HHHHH", ANSWER if address else ANSWER | NO_SUCH_NAME, 1, count, 0, 0)
    if not count:
        return head + asked
    record = struct.pack("!HHHIH", 0xC00C, A, 1, TTL, 4) + socket.inet_aton(address)
    return head + asked + record


def names(server: socket.socket, log: str, address: str) -> None:
    """Answer name questions with ``address``, for ever."""
    own = ("localhost", socket.gethostname().lower())
    while True:
        with contextlib.suppress(IndexError, struct.error, OSError):
            packet, sender = server.recvfrom(4096)
            name, kind, asked = question(packet)
            exists = "." in name or name in own
            if exists and not name.endswith(".arpa"):
                note(log, re.sub(r"^_[^.]+\._(tcp|udp)\.", "", name))  # a service of that host (RFC 2782)
            server.sendto(reply(packet, kind, asked, address if exists else ""), sender)


def note(log: str, line: str) -> None:
    with open(log, "a", encoding="utf-8", errors="replace") as file:
        file.write(line + "\n")


def accept(server: socket.socket, serve: Callable[[socket.socket, str], None], argument: str) -> None:
    """Serve each connection in its own thread; one that nothing is left for waits until another has ended."""
    while True:
        try:
            client, _ = server.accept()
        except OSError:  # no descriptor (EMFILE)
            time.sleep(PAUSE)
            continue
        while True:
            try:
                threading.Thread(target=serve, args=(client, argument), daemon=True).start()
                break
            except RuntimeError:  # no thread: the sandbox's processes are limited in number
                time.sleep(PAUSE)


def listen(port: int, address: str = LOOPBACK) -> list[socket.socket]:
    """Listening sockets on both loopback addresses, or on the one there is; or on another ``address``."""
    servers = [socket.create_server((address, port), backlog=128)]
    with contextlib.suppress(OSError):
        if address == LOOPBACK:
            servers.append(socket.create_server(("::1", port), family=socket.AF_INET6, backlog=128))
    return servers


def control(path: str) -> None:
    """Open ports for whoever asks, for ever."""
    with socket.socket(socket.AF_UNIX) as server:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        server.bind(path)
        server.listen()
        print("ready", flush=True)
        while True:
            client, _ = server.accept()
            with client, contextlib.suppress(OSError):
                client.settimeout(5)
                try:
                    opened = listen(int(client.recv(16)))
                except (OSError, ValueError, OverflowError) as error:
                    client.sendall(str(error).encode())
                    continue
                socket.send_fds(client, [b"ok"], [listener.fileno() for listener in opened])
                for listener in opened:
                    listener.close()


def raise_descriptors() -> None:
    """As many open files as the system allows: each connection takes two."""
    import resource  # as fcntl below

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # "unlimited" is more than some systems take
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def raise_loopback() -> None:
    """Bring up ``lo``, which a new network namespace holds but leaves down (netdevice(7)); a no-op where it is up."""
    import fcntl  # Windows has none, and there this module is only imported

    get, put, up = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 0).ljust(40, b"\0")
        flags = struct.unpack_from("16sh", fcntl.ioctl(any_socket, get, request))[1]
        if not flags & up:
            fcntl.ioctl(any_socket, put, struct.pack("16sh", b"lo", flags | up).ljust(40, b"\0"))


def main(path: str, log: str, asked: str, address: str = LOOPBACK) -> None:
    raise_loopback()
    raise_descriptors()
    questions = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    questions.bind((address, 53))
    jobs: list[tuple[Callable[..., None], tuple[object, ...]]] = [(names, (questions, log, address))]
    jobs += [(accept, (server, join, path)) for server in listen(443, address)]
    jobs += [(accept, (server, join, path + PLAIN)) for server in listen(80, address)]
    threads = [threading.Thread(target=target, args=arguments, daemon=True) for target, arguments in jobs]
    for thread in threads:
        thread.start()
    control(asked)


if __name__ == "__main__":
    main(*sys.argv[1:5])
