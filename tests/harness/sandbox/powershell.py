"""One PowerShell for a page, on Windows: the counterpart of :mod:`harness.sandbox.shell` there.

Commands come as one line of base64 each, so nothing in them can end the conversation; each runs in the global scope,
as at a prompt. A line with a mark of this session and the exit status follows what it printed.
"""

from __future__ import annotations

import base64
import queue
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from harness.sandbox.shell import OUTPUT_LIMIT, Ended, Result

LOOP = r"""
$ErrorActionPreference = 'Continue'
[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)
while ($null -ne ($line = [Console]::In.ReadLine())) {
  $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($line))
  $global:LASTEXITCODE = 0
  $status = 0
  try {
    . ([ScriptBlock]::Create($text)) 2>&1 | Out-Default
    if (-not $?) { $status = 1 }
    if ($global:LASTEXITCODE) { $status = $global:LASTEXITCODE }
  } catch {
    $_ | Out-Default
    $status = 1
  }
  [Console]::Out.WriteLine("MARK $status")
  [Console]::Out.Flush()
}
"""


class PowerShell:
    """A ``powershell`` in ``cwd`` with ``env`` as its whole environment; the methods are those of Shell."""

    def __init__(self, env: Mapping[str, str], cwd: str, folder: Path) -> None:
        self.mark = uuid.uuid4().hex
        script = folder / "loop.ps1"
        script.write_text(LOOP.replace("MARK", self.mark), encoding="utf-8")
        command = ["powershell", "-NoLogo", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", str(script)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(env), cwd=cwd
        )
        self.ended: Ended = ""
        self.lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(b"")

    def run(self, text: str, mode: str = "c", timeout: float = 120.0) -> Result:
        """Run ``text``; the harness' own commands (mode x) are bash and have no counterpart: they do nothing."""
        started, output = time.monotonic(), bytearray()
        if self.ended:
            return Result(-1, "", 0.0, self.ended)
        if mode == "x":
            return Result(0, "", 0.0)
        assert self.process.stdin
        self.process.stdin.write(base64.b64encode(text.encode()) + b"\n")
        self.process.stdin.flush()
        mark = self.mark.encode()
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, timeout - (time.monotonic() - started)))
            except queue.Empty:
                line = self._end("timeout")
            if line.startswith(mark):
                status = int(line.removeprefix(mark))
                break
            output += line
            if len(output) > OUTPUT_LIMIT:
                line = self._end("output")
            if not line:
                self.ended = self.ended or "exit"
                status = self.process.wait(10)
                break
        text = output.decode("utf-8", "replace").replace("\r\n", "\n")
        return Result(status, text, time.monotonic() - started, self.ended)

    def write(self, path: str, content: str, timeout: float = 30.0) -> Result:
        """Write a titled file; there is no sandbox to write it in, only the page's own folder."""
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(content, encoding="utf-8")
        except OSError as error:
            return Result(1, f"{error}\n", 0.0)
        return Result(0, "", 0.0)

    def _end(self, why: Ended) -> bytes:
        self.ended = why
        self.kill()
        return b""

    def kill(self) -> None:
        """End PowerShell and all that it started."""
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(self.process.pid)], capture_output=True)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self.listener.join(10)  # it must not find its stream closed; a program that was left may hold that open
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()
        self.process.wait()
