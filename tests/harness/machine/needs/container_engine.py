"""A Docker engine of the page's own, in the page's network: its ``localhost`` has the ports that containers publish."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from harness.machine.engine import prepare
from harness.machine.engine.daemon import running
from harness.machine.engine.plan import Plan
from harness.machine.needs.need import Gift, Inside, Need, Room
from harness.problem import Problem

HOME = "/home/user"  # the page's
ADDRESS = "192.0.2.1"  # where containers find the world: an address that nobody has (RFC 5737)
SETTINGS = {
    # what a reader's terminal would show in motion or by chance
    "BUILDKIT_PROGRESS": "plain",
    "COMPOSE_PROGRESS": "plain",
    "COMPOSE_ANSI": "never",
    "DOCKER_CLI_HINTS": "false",
}


class ContainerEngine(Need):
    own_network = True

    @property
    def words(self) -> str:  # type: ignore[override]
        return f"a container engine ({prepare.missing() or 'Docker'})"

    def available(self) -> bool:
        return not prepare.missing()

    def facts(self) -> dict[str, str]:
        found = prepare.find()
        if isinstance(found, str):
            return {}
        programs, images = found
        return {"Docker": programs.version, **images.facts}

    @contextmanager
    def provide(self, room: Room) -> Iterator[Gift]:
        found = prepare.find()
        if isinstance(found, str):
            raise Problem("needs: container-engine", found, "a container engine")
        programs, _ = found
        (room.folder / "run").mkdir()
        (room.folder / "client").mkdir()
        (room.folder / "client" / "docker").symlink_to("/opt/docker/bin/docker")
        mounts = (
            (room.folder / "run", "/var/run"),
            (programs.docker.resolve().parent, "/opt/docker/bin"),
            (programs.plugins.resolve(), "/opt/docker/plugins"),
            (room.folder / "client", "/opt/docker/client"),
        )
        settings = json.dumps({"cliPluginsExtraDirs": ["/opt/docker/plugins"]})
        yield Gift(mounts, SETTINGS, programs=("/opt/docker/client",), home={".docker/config.json": settings + "\n"})

    @contextmanager
    def join(self, room: Room, inside: Inside) -> Iterator[None]:
        found = prepare.find()
        if isinstance(found, str):
            raise Problem("needs: container-engine", found, "a container engine")
        programs, images = found
        plan = Plan(
            str(room.folder),
            programs.path,
            programs.runc,
            str(images.data),
            os.geteuid(),
            inside.process,
            list(inside.way),
            ADDRESS,
            str(inside.certificate),
            HOME,
            str(inside.etc),
            [str(prepare.folder())],
        )
        with running(plan):
            yield
