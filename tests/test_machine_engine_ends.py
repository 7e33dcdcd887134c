"""How a page's container engine ends, that nothing of it is left, and what is said where there is none."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest
import warm
from checkout import Checkout, processes
from engine_pages import BUILT, NEEDS_IT, engines, left, needs_engine, on_linux
from harness.machine.engine import groups, images, prepare, programs
from harness.machine.needs import NEEDS
from harness.machine.pythons import find_interpreters
from harness.problem import Problem
from patience import PATIENCE, until

pytestmark = on_linux


@needs_engine
def test_an_engine_whose_disk_is_full_says_so(checkout: Checkout) -> None:
    page = f"""{NEEDS_IT}
``` {{.console data-exit="1"}}
$ docker run --rm debian:trixie-slim fallocate --length 5G /large
fallocate: fallocate failed: No space left on device
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 0, ran.output


HANGING = {
    "a build": """\
``` {.dockerfile title="Dockerfile"}
FROM debian:trixie-slim
RUN echo begun && sleep 1000
```

``` {.console data-timeout="10"}
$ docker build .
```
""",
    "a container that never gets healthy": """\
``` {.yaml title="compose.yaml"}
services:
  cache:
    image: redis:8
    healthcheck: {test: "false", interval: 1s, start_period: 1h}
```

``` {.console data-timeout="10"}
$ docker compose up --wait
```
""",
}


@needs_engine
@pytest.mark.parametrize("page", HANGING.values(), ids=HANGING)
def test_what_hangs_is_ended_by_the_pages_limit_and_the_next_page_works(checkout: Checkout, page: str) -> None:
    checkout.page("x", NEEDS_IT + page)
    checkout.page("y", f"{NEEDS_IT}``` console\n$ docker ps --all --quiet\n```\n")

    ran = checkout.run("docs", "--guide-jobs=1")

    assert (checkout.outcomes("x"), checkout.outcomes("y")) == (["written", "failed"], ["ran"]), ran.output
    said = r"docs/x\.md:1\d: 'docker .*' did not end within 10 s and was stopped; expected an end, or data-timeout on"
    assert re.search(said, ran.output), ran.output
    assert left(checkout) == []


@needs_engine
def test_nothing_is_left_of_an_engine_whose_page_failed(checkout: Checkout) -> None:
    checkout.page("x", NEEDS_IT + BUILT.replace("\nsix is here", "\nsix is away"))

    ran = checkout.run()

    assert (ran.status, checkout.outcomes("x")) == (1, ["written", "failed"]), ran.output
    assert left(checkout) == []


@needs_engine
def test_a_container_that_is_left_paused_ends_with_its_page(checkout: Checkout) -> None:
    commands = (
        "docker run --detach --name left debian:trixie-slim sleep 1000 | wc --chars\n65\n$ docker pause left\nleft\n"
    )
    checkout.page("x", f"{NEEDS_IT}``` console\n$ {commands}```\n")

    ran = checkout.run()

    assert (ran.status, checkout.outcomes("x")) == (0, ["compared"]), ran.output
    assert left(checkout) == []


@needs_engine
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_an_engine_whose_run_was_killed(checkout: Checkout, number: int) -> None:
    checkout.page("x", f"{NEEDS_IT}{BUILT}\n``` bash\nsleep 311\n```\n")
    run = warm.start(["docs"], checkout.root, checkout.environment())
    until(lambda: not run.is_alive() or checkout.running("sleep", "311"))
    assert run.is_alive() and engines(checkout)

    os.kill(run.pid, number)
    run.join(PATIENCE)

    until(lambda: not engines(checkout), lambda: engines(checkout))
    assert checkout.run("docs", "--guide-page", "docs/x.md:7").status == 0  # which removes what SIGKILL left
    assert left(checkout) == []


@needs_engine
def test_what_a_killed_keeper_leaves_is_removed_by_the_next_one(checkout: Checkout) -> None:
    checkout.page("x", f"{NEEDS_IT}{BUILT}\n``` bash\nsleep 311\n```\n")
    run = warm.start(["docs"], checkout.root, checkout.environment())
    until(lambda: not run.is_alive() or checkout.running("sleep", "311"))
    (outer,) = [int(group.name.rpartition("-")[2]) for group in groups_of(checkout)]

    os.kill(outer, signal.SIGKILL)
    until(lambda: not engines(checkout), lambda: engines(checkout))
    os.kill(run.pid, signal.SIGTERM)
    run.join(PATIENCE)

    groups.sweep()
    assert left(checkout) == []


def groups_of(checkout: Checkout) -> list[Path]:
    """The control groups, in one hierarchy, of the engines of this guide's runs."""
    numbers = {line.partition(" ")[0] for line in processes(str(checkout.temporary))}
    found = groups.hierarchies()[0].glob(f"{groups.NAME}*")
    return [path for path in found if path.name.removeprefix(groups.NAME) in numbers]


@needs_engine
def test_an_engine_that_dies_is_an_error_that_says_so_and_the_next_run_works(checkout: Checkout) -> None:
    waiting = "until [ -e /tmp/go ] || ! docker info >/tmp/info 2>&1; do sleep 0.2; done\ndocker ps\n"
    checkout.page("x", f"{NEEDS_IT}``` bash\n{waiting}```\n")
    said = checkout.write("said", "")
    run = warm.start(["docs"], checkout.root, checkout.environment(), str(said))
    until(lambda: bool(engines(checkout)))
    until(lambda: checkout.running("sleep", "0.2"))
    for line in engines(checkout):
        with_name = Path("/proc", line.split()[0], "comm")
        if with_name.exists() and with_name.read_text() == "dockerd\n":
            os.kill(int(line.split()[0]), signal.SIGKILL)
    run.join(PATIENCE)

    assert run.exitcode == 1
    assert "Cannot connect to the Docker daemon" in said.read_text()
    checkout.page("x", f"{NEEDS_IT}``` console\n$ docker ps --quiet\n```\n")
    assert checkout.run().status == 0
    assert left(checkout) == []


def test_without_an_engine_its_pages_are_not_run_and_the_reason_is_said(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.write(
        "conftest.py",
        "from harness.machine.engine import prepare\n"
        "prepare.find = lambda: 'Docker 20.10.24 is here; Docker 23 or later is needed'\n",
    )
    checkout.page("x", NEEDS_IT + BUILT)
    checkout.page("y", "``` console\n$ echo hello\nhello\n```\n")

    ran = checkout.run()

    assert ran.status == 0, ran.output
    assert {block["reason"] for block in checkout.blocks("x")} == {
        "needs a container engine (Docker 20.10.24 is here; Docker 23 or later is needed)"
    }
    assert checkout.outcomes("y") == ["compared"]


@pytest.mark.parametrize(("demanded", "status"), [("no", 1), ("", 0)])
def test_where_stand_ins_are_forbidden_a_run_without_an_engine_is_red(
    checkout: Checkout, demanded: str, status: int
) -> None:
    checkout.write(
        "conftest.py",
        "from harness.machine.engine import prepare\nprepare.find = lambda: 'no base images here'\n",
    )
    checkout.page("x", NEEDS_IT + BUILT)
    checkout.page("y", f"{NEEDS_IT}``` console\n$ docker ps\n```\n")
    checkout.page("z", '``` {.bash data-not-run="needs an account"}\ntrue\n```\n\n``` bash\ntrue\n```\n')

    ran = checkout.run("docs", "--guide-jobs=1", GUIDE_STANDINS=demanded)

    assert ran.status == status, ran.output
    said = [line for line in ran.output.splitlines() if "GUIDE_STANDINS=no demands" in line]
    assert said == ([UNMET] if demanded else [])
    assert checkout.record()["pages"].keys() == {"docs/x.md", "docs/y.md", "docs/z.md"}


UNMET = (
    "docs/x.md, docs/y.md: not run: needs a container engine (no base images here); "
    "expected every page with containers to run here, as GUIDE_STANDINS=no demands"
)


def test_where_no_registry_answers_and_stand_ins_are_forbidden_no_images_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIDE_STANDINS", "no")
    monkeypatch.setattr(images, "running", lambda plan: nullcontext(tmp_path / "docker.sock"))
    monkeypatch.setattr(images.once, "quiet", lambda command, **_: subprocess.CompletedProcess(command, 1, "", "no"))
    there = programs.Programs("/bin", Path("/bin/docker"), Path("/plugins"), "28.2.2")
    made = images.Images(tmp_path / "engine", there, next(iter(find_interpreters().values())), "0.1")

    with pytest.raises(Problem, match="no registry of images answers; expected one, as GUIDE_STANDINS=no demands"):
        made.make(print)

    assert made.find() is None
    assert not list((tmp_path / "engine").glob("images-*"))


@needs_engine
def test_base_images_are_made_below_a_path_that_is_too_long_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine really starts and ends; to make the images takes minutes, so nothing is put into it."""
    found = prepare.find()
    assert not isinstance(found, str)
    monkeypatch.setattr(images.Images, "names", [])
    monkeypatch.setattr(images.Images, "_archive", lambda *_: None)
    monkeypatch.setattr(images.debian, "run", lambda *_: None)
    folder = tmp_path / "a-checkout-with-a-long-name" / "in-a-folder-with-a-long-name" / "of-somebody-with-a-long-name"
    made = images.Images(folder, found[0], next(iter(find_interpreters().values())), "0.1")

    made.make(print)

    kept = made.find()
    assert kept and (kept.data / "overlay2").is_dir() and len(str(kept.data)) > 107


def test_an_engine_that_is_too_old_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "plugins").mkdir()
    for name in (*programs.ENGINE, "docker"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\necho 'Docker version 20.10.24+dfsg1, build 297e128'\n")
        (tmp_path / "bin" / name).chmod(0o755)
    for name in programs.PLUGINS:
        (tmp_path / "plugins" / name).touch()
    assert programs.find(tmp_path) == "Docker 20.10.24 is here"

    (tmp_path / "bin" / "dockerd").write_text("#!/bin/sh\necho 'Docker version 28.2.2, build e6534b4'\n")
    os.utime(tmp_path / "bin" / "dockerd", ns=(1, 1))
    found = programs.find(tmp_path)
    assert isinstance(found, programs.Programs) and (found.version, found.major) == ("28.2.2", 28)

    (tmp_path / "plugins" / programs.PLUGINS[0]).unlink()
    monkeypatch.setattr(programs, "PLUGIN_FOLDERS", ())
    assert programs.find(tmp_path) == "no docker-buildx here"


def test_the_need_is_known_and_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "find", lambda: "no dockerd here")
    need = NEEDS["container-engine"]
    assert not need.available()
    assert need.words == "a container engine (no dockerd here)"
    assert need.facts() == {}
