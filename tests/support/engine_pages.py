"""Pages with containers for tests, and what may be left of their engines."""

from __future__ import annotations

import sys

import pytest
from checkout import Checkout, processes
from harness.machine.engine import groups, prepare
from patience import until

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the engine runs in its namespaces")
needs_engine = pytest.mark.skipif(bool(prepare.missing()), reason=f"needs a container engine ({prepare.missing()})")

NEEDS_IT = "---\nneeds: [container-engine]\ntimeout: 300\n---\n"
DOCKERFILE = """\
``` {.dockerfile title="Dockerfile"}
FROM python:3.13-slim
RUN pip install --quiet --root-user-action=ignore six
CMD ["python", "-c", "import six; print('six is', 'here' if six else 'away')"]
```
"""
BUILT = f"""{DOCKERFILE}
``` console
$ docker build --quiet --tag app . | cut --characters=-7
sha256:
$ docker run --rm app
six is here
$ docker volume create data
data
$ docker network create inner | wc --chars
65
$ docker run --detach --name left --network inner --volume data:/data app sleep 1000 | wc --chars
65
```
"""


def engines(checkout: Checkout) -> list[str]:
    """The engines of this guide's runs."""
    return [line for line in processes(str(checkout.temporary)) if "dockerd" in line]


def left(checkout: Checkout) -> list[str]:
    """What may be left of an engine, once it had the time to go: control groups, and what any need leaves."""

    def found() -> list[str]:
        running = {line.split()[0] for line in processes("engine.keeper")}
        made = [str(path) for top in groups.hierarchies() for path in top.glob(f"{groups.NAME}*")]
        return [group for group in made if group.rpartition("-")[2] not in running]

    until(lambda: not found(), found)
    return checkout.leftovers()
