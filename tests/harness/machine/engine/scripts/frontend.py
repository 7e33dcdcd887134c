"""The image ``docker/dockerfile`` in a stand-in: hands a build to the frontend that the engine has built in.

BuildKit starts a frontend with its options in variables and speaks gRPC with it over standard input and output
(https://github.com/moby/buildkit/blob/master/frontend/gateway/pb/gateway.proto). The few messages are encoded by hand
(https://protobuf.dev/programming-guides/encoding/).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator

import grpc  # type: ignore[import-untyped]  # the image has it

SOCKET = "/tmp/buildkit.sock"
SERVICE = "/moby.buildkit.v1.frontend.LLBBridge/"
OPTION = "BUILDKIT_FRONTEND_OPT_"
LARGEST = 64 << 20  # bytes of a message


def number(value: int) -> bytes:
    """A varint."""
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def flag(field: int) -> bytes:
    return number(field << 3) + b"\1"


def part(field: int, value: bytes) -> bytes:
    """A field with a length: text, bytes or a message."""
    return number(field << 3 | 2) + number(len(value)) + value


def parts(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields with a length."""
    place = 0

    def read() -> int:
        nonlocal place
        shift = value = 0
        while True:
            byte = message[place]
            place, value, shift = place + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    while place < len(message):
        key = read()
        value = read()
        if key & 7 == 2:
            yield key >> 3, message[place : place + value]
            place += value


def carry(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
    while piece := read(1 << 16):
        write(piece)


def bridge(server: socket.socket) -> None:
    """Join the client of this process to its standard input and output."""
    client, _ = server.accept()

    def write(piece: bytes) -> None:
        while piece:
            piece = piece[os.write(1, piece) :]

    threading.Thread(target=carry, args=(lambda size: os.read(0, size), client.sendall), daemon=True).start()
    carry(client.recv, write)


def main() -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(SOCKET)
    server.listen(1)
    threading.Thread(target=bridge, args=(server,), daemon=True).start()
    given = [value.partition("=") for name, value in os.environ.items() if name.startswith(OPTION)]
    options = {name: value for name, _, value in given if name != "source"}
    options.setdefault("cmdline", "docker/dockerfile:1")
    # SolveRequest: Frontend 2, FrontendOpt 3, allowResultReturn 5, allowResultArrayRef 6
    request = part(2, b"dockerfile.v0") + flag(5) + flag(6)
    request += b"".join(part(3, part(1, name.encode()) + part(2, value.encode())) for name, value in options.items())
    settings = [("grpc.max_receive_message_length", LARGEST), ("grpc.enable_http_proxy", 0)]
    channel = grpc.insecure_channel(f"unix://{SOCKET}", options=settings)

    def call(method: str, message: bytes) -> bytes:
        answer: bytes = channel.unary_unary(SERVICE + method)(message)
        return answer

    try:
        solved = b"".join(value for field, value in parts(call("Solve", request)) if field == 3)
        call("Return", part(1, solved))
    except grpc.RpcError as error:  # google.rpc.Status: code 1, message 2
        status = number(1 << 3) + number(error.code().value[0]) + part(2, (error.details() or "").encode())
        call("Return", part(2, status))


main()
