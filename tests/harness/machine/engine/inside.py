"""The first process of an engine's namespaces, which starts the engine and reaps what it orphans.

``python -m harness.machine.engine.inside GROUP [MOUNT]``: its control group, and the descriptor of the page's home.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness.machine.engine import home, root, runtime
from harness.machine.engine.plan import Plan
from harness.machine.engine.root import mount

SECONDS = 120  # for an engine to answer; it takes about one
PAUSE = 0.02


def stocked(images: Path, data: Path) -> None:
    """Give an engine's new data folder the images of a kept one: their descriptions copied, their layers mounted."""
    layers = data / "overlay2"
    layers.mkdir(mode=0o710)
    mount("--bind", str(layers), str(layers))  # else the engine does this, and no longer sees the mounts below
    shutil.copytree(images / "image", data / "image", symlinks=True)
    shutil.copytree(images / "overlay2" / "l", layers / "l", symlinks=True)
    for layer in (images / "overlay2").iterdir():
        if layer.name != "l":
            shutil.copytree(layer, layers / layer.name, ignore=shutil.ignore_patterns("diff", "work"))
            (layers / layer.name / "diff").mkdir()
            mount("--bind", "-o", "ro", str(layer / "diff"), str(layers / layer.name / "diff"))


def networked(plan: Plan) -> list[str]:
    """Lead the engine and its containers to the world; the engine's options for it."""
    subprocess.run(["ip", "address", "add", f"{plan.address}/32", "dev", "lo"], stdin=subprocess.DEVNULL, check=True)
    way = subprocess.Popen([*plan.way, plan.address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert way.stdout
    if way.stdout.readline() != b"ready\n":
        raise SystemExit("the way to the world did not open")
    return ["--dns", plan.address]


def trusting(plan: Plan) -> Path:
    """A folder with a ``runc`` that gives containers the world's authority (:mod:`.runtime`)."""
    folder = Path(plan.folder, "runtime")
    folder.mkdir(exist_ok=True)
    program = folder / "runc"
    wrapper = [sys.executable, "-I", "-S", runtime.__file__, plan.runc, plan.certificate]
    program.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in wrapper) + ' "$@"\n')
    program.chmod(0o755)
    return folder


def answers(path: Path) -> bool:
    """Whether an engine answers at its socket (Docker Engine API, GET /_ping)."""
    with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
        client.settimeout(10)
        client.connect(str(path))
        client.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        return b" 200 " in client.recv(64)
    return False


def last(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-8:])


def main(name: str, *given: str) -> int:
    plan = Plan.read(sys.stdin.readline())
    folder = Path(plan.folder)
    for part in ("data", "exec", "run"):
        (folder / part).mkdir(exist_ok=True)
    mount("-t", "tmpfs", "-o", "mode=755", "run", "/run")  # containerd keeps sockets there
    socket.sethostname("laptop")
    if plan.network:
        (scratch := Path("/run/root")).mkdir()
        root.enter(plan, scratch)
    path, options = plan.programs, ["--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"]
    if plan.network:
        options = networked(plan)
        path = f"{trusting(plan)}:{path}"
        mount("-t", "tmpfs", "-o", f"size={plan.disk},mode=711", "data", str(folder / "data"))
        mount("--make-shared", str(folder / "data"))
    for descriptor in map(int, given):
        home.put(descriptor, plan.home)
    if plan.images:
        stocked(Path(plan.images), folder / "data")
    settings = folder / "daemon.json"
    settings.write_text('{"features": {"containerd-snapshotter": false}}\n')
    listening = folder / "run" / "docker.sock"
    command = ["dockerd", "--config-file", str(settings), "--data-root", str(folder / "data")]
    command += ["--exec-root", str(folder / "exec"), "--pidfile", str(folder / "pid"), "--host", f"unix://{listening}"]
    command += ["--storage-driver", "overlay2", "--exec-opt", "native.cgroupdriver=cgroupfs"]
    command += ["--cgroup-parent", f"/{name}/containers", *options]
    environment = {"PATH": path} | {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
    log = folder / "engine.log"
    with log.open("w") as file:
        engine = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=folder
        )

    def stop() -> None:
        sys.stdin.read()
        if plan.network:
            os._exit(0)  # with the first process of a namespace go all others
        engine.terminate()  # its images are to be kept, so it ends in order

    threading.Thread(target=stop, daemon=True).start()
    end = time.monotonic() + SECONDS
    while not answers(listening):
        if engine.poll() is not None or time.monotonic() > end:
            sys.exit("the engine did not start: " + last(log))
        time.sleep(PAUSE)
    os.chown(listening, plan.owner, -1)
    print("ready", flush=True)
    while True:
        number, status = os.wait()
        if number == engine.pid:
            if status == 0:
                return 0
            sys.exit(f"the engine has died (status {os.waitstatus_to_exitcode(status)}): {last(log)}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
