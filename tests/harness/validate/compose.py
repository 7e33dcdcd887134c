"""Compose files: the Compose specification's schema, and what the services name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.validate import schema, yaml
from harness.validate.family import Family


def half(text: str) -> list[str]:
    """compose.override.yaml, compose.prod.yaml: what it names may be in the file that it is laid over."""
    data, errors = yaml.single(text)
    return errors or schema.errors(data, "compose-spec")


def whole(text: str) -> list[str]:
    data, errors = yaml.single(text)
    if errors or (errors := schema.errors(data, "compose-spec")) or "include" in data:
        return errors
    services = data.get("services") or {}
    for name, service in services.items():
        for kind, wanted in references(service):
            here = data.get(kind) or {}
            # secrets are often left for an override to declare, all of them
            if wanted not in here and (here or kind not in ("secrets", "configs")):
                errors.append(f"$.services.{name}: {wanted!r} isn't declared under {kind}")
    return errors


def references(service: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a service names of the rest of the file: the top-level table, and the name in it."""
    for other in service.get("depends_on") or []:
        yield "services", other
    for mount in service.get("volumes") or []:
        short = isinstance(mount, str) and mount.count(":") and mount.split(":")[0]
        volume = short or isinstance(mount, dict) and mount.get("type") == "volume" and mount.get("source") or ""
        if volume and volume[0] not in "./~$\\":
            yield "volumes", volume
    for kind in ("networks", "secrets", "configs"):
        for entry in service.get(kind) or []:
            source = entry.get("source", "") if isinstance(entry, dict) else entry
            if source != "default":
                yield kind, source


COMPOSE = Family(r"(.*/)?(docker-)?compose\.ya?ml", whole)
OVERRIDE = Family(r"(.*/)?(docker-)?compose(\.[\w-]+)+\.ya?ml", half)
