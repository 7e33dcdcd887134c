"""Compose files: the Compose specification's schema, what the services name, and what ``docker compose config``
refuses beyond the schema.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from harness.validate import schema, yaml
from harness.validate.family import Family


def half(text: str) -> list[str]:
    """compose.override.yaml, compose.prod.yaml: what it names may be in the file that it is laid over."""
    data, errors = yaml.single(text)
    errors = errors or schema.errors(data, "compose-spec")
    return errors or [error for name, service in services_of(data) for error in refused(name, service)]


def whole(text: str) -> list[str]:
    data, errors = yaml.single(text)
    if errors or (errors := schema.errors(data, "compose-spec")) or "include" in data:
        return errors
    for name, service in services_of(data):
        errors += refused(name, service)
        if not service.keys() & {"image", "build", "extends", "provider"}:
            errors.append(f"$.services.{name}: neither an image nor a build")
        for kind, wanted in references(service):
            here = data.get(kind) or {}
            # secrets are often left for an override to declare, all of them
            if wanted not in here and (here or kind not in ("secrets", "configs")):
                errors.append(f"$.services.{name}: {wanted!r} isn't declared under {kind}")
    for name, secret in (data.get("secrets") or {}).items():
        if not (secret or {}).keys() & {"file", "environment", "external", "driver"}:
            errors.append(f"$.secrets.{name}: expected its file, or the environment variable that has it")
    return errors


def services_of(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, service or {}) for name, service in (data.get("services") or {}).items()]


def refused(name: str, service: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a service wherever it is written, and right by the schema."""
    test = (service.get("healthcheck") or {}).get("test")
    if isinstance(test, list) and test[:1] not in ([], ["CMD"], ["CMD-SHELL"], ["NONE"]):
        yield f"$.services.{name}.healthcheck.test: a list begins with CMD, CMD-SHELL or NONE"
    if "network_mode" in service and service.get("networks"):
        yield f"$.services.{name}: network_mode and networks exclude each other"


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


def named(path: str) -> bool:
    """Whether the file is one of Compose by its path."""
    return any(re.fullmatch(family.path, path) for family in (COMPOSE, OVERRIDE))


def read_only(path: str, text: str) -> Iterator[PurePosixPath]:
    """What the file at ``path`` lets its services read and not write to: files and folders, by their paths."""
    data, errors = yaml.single(text)
    if errors or schema.errors(data, "compose-spec"):
        return
    services = services_of(data)
    sources = [_fixed(mount) for _, service in services for mount in service.get("volumes") or []]
    for kind in ("secrets", "configs"):
        used = {wanted for _, service in services for also, wanted in references(service) if also == kind}
        sources += [(entry or {}).get("file", "") for name, entry in (data.get(kind) or {}).items() if name in used]
    for source in filter(None, sources):
        relative = re.sub(r"^\$(PWD|\{PWD\})/", "", source)
        beside = relative if relative.startswith("~") else posixpath.join(posixpath.dirname(path), relative)
        yield PurePosixPath(posixpath.normpath(beside))


def _fixed(mount: str | dict[str, Any]) -> str:
    """The source of a bind mount that can't be written to; empty for any other mount."""
    if isinstance(mount, dict):
        return mount.get("source", "") if mount.get("type") == "bind" and mount.get("read_only") else ""
    source, *more = mount.split(":")
    return source if len(more) > 1 and "ro" in more[-1].split(",") and source[:1] in (".", "/", "~", "$") else ""


COMPOSE = Family(r"(.*/)?(docker-)?compose\.ya?ml", whole)
OVERRIDE = Family(r"(.*/)?(docker-)?compose(\.[\w-]+)+\.ya?ml", half)
