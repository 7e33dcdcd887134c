"""The runtime of the engine's containers: runc with the world's authority for every program in them.

``python runtime.py RUNC CERTIFICATE ARGUMENT…``, standard library only. A bundle (OCI runtime specification,
config.json) gets the certificate's file below ``/dev``, which is memory in every container, so that no image has it,
and the variables that name it, unless the image or the command has set them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

INSIDE = "/dev/world.pem"
VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO")  # those that pages have outside of containers


def value(arguments: list[str], *names: str) -> str:
    """What an option of runc's is given, as ``--name value`` or ``--name=value``; empty where it isn't there."""
    for place, argument in enumerate(arguments):
        name, equals, given = argument.partition("=")
        if name in names:
            return given if equals else arguments[place + 1]
    return ""


def trusting(process: dict[str, Any]) -> None:
    """Name the certificate in the environment of a process."""
    environment = process.setdefault("env", [])
    there = {entry.partition("=")[0] for entry in environment}
    environment += [f"{name}={INSIDE}" for name in VARIABLES if name not in there]


def change(arguments: list[str], certificate: str) -> None:
    """Change the file that tells runc what to do, where this call of it starts a program."""
    if "exec" in arguments:
        path = Path(value(arguments, "--process", "-p"))
        if path.is_file():
            process = json.loads(path.read_text(encoding="utf-8"))
            trusting(process)
            path.write_text(json.dumps(process), encoding="utf-8")
    elif "create" in arguments or "run" in arguments:
        path = Path(value(arguments, "--bundle", "-b"), "config.json")
        bundle = json.loads(path.read_text(encoding="utf-8"))
        trusting(bundle["process"])
        mount = {"destination": INSIDE, "type": "bind", "source": certificate, "options": ["rbind", "ro"]}
        bundle.setdefault("mounts", []).append(mount)
        path.write_text(json.dumps(bundle), encoding="utf-8")


def main(runc: str, certificate: str, *arguments: str) -> None:
    change(list(arguments), certificate)
    os.execv(runc, [runc, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
