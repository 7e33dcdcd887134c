"""Ports at which a page's ``localhost`` leads out of its network: a table that may grow while the page runs."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

from harness.problem import Problem
from harness.world import forwarder

Target = int | str  # a port of the machine's own loopback, or the path of a unix socket
SECONDS = 30  # for the forwarder to open a port
GLANCE = 0.5  # seconds between two looks whether the sandbox has ended (Linux wakes a waiting thread at its end)


class Ports:
    """One sandbox's table port -> target; safe to use from several threads.

    What is published before :meth:`open` waits for it, since the forwarder starts with the sandbox.
    """

    def __init__(self) -> None:
        self.control: Path | None = None
        self.table: dict[int, Target] = {}
        self._opened = False
        self._lock = threading.Lock()
        self._listening: dict[socket.socket, threading.Thread] = {}
        self._clients: set[socket.socket] = set()

    def publish(self, port: int, target: Target) -> None:
        """Let ``localhost:port`` of the page lead to ``target``; raises Problem where that port can't be had."""
        with self._lock:
            if port in self.table:
                raise Problem(f"port {port}", f"it leads to {self.table[port]} already", "a port that is free")
            self.table[port] = target
            try:
                if self._opened:
                    self._listen(port, target)
            except Problem:
                del self.table[port]
                raise

    def open(self, control: Path | None) -> None:
        """Open what was published so far; the sandbox has started.

        ``control`` is where its forwarder opens ports, None where the page shares the machine's loopback.
        """
        with self._lock:
            self.control, self._opened = control, True
            for port, target in self.table.items():
                self._listen(port, target)

    def close(self) -> None:
        """Close every port and every connection."""
        with self._lock:
            self._opened = False
            listening, self._listening = self._listening, {}
            for end in [*listening, *self._clients]:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self.table.clear()
        for thread in listening.values():
            thread.join()

    def _listen(self, port: int, target: Target) -> None:
        if self.control is None and port == target:
            return  # the page's loopback is the machine's: it is there
        try:
            opened = forwarder.listen(port) if self.control is None else self._ask(port)
        except (OSError, OverflowError) as error:
            raise Problem(f"port {port}", str(error), "a port that nothing else uses") from None
        for listener in opened:
            listener.settimeout(GLANCE)
            self._listening[listener] = threading.Thread(target=self._accept, args=(listener, target), daemon=True)
            self._listening[listener].start()

    def _accept(self, listener: socket.socket, target: Target) -> None:
        with listener:
            while self._opened:
                try:
                    client, _ = listener.accept()
                except TimeoutError:
                    continue
                except OSError:  # closed, or no descriptor is left: one that ends gives its own back
                    time.sleep(GLANCE)
                    continue
                client.settimeout(None)
                try:
                    threading.Thread(target=self._join, args=(client, target), daemon=True).start()
                except RuntimeError:  # no thread is left
                    client.close()

    def _join(self, client: socket.socket, target: Target) -> None:
        self._clients.add(client)
        try:
            forwarder.join(client, target)
        finally:
            self._clients.discard(client)

    def _ask(self, port: int) -> list[socket.socket]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(str(self.control))
            client.sendall(str(port).encode())
            said, numbers, _, _ = socket.recv_fds(client, 1024, 2)
        if said != b"ok":
            raise OSError(said.decode() or "the forwarder has ended")
        return [socket.socket(fileno=number) for number in numbers]
