"""A container engine of the page's own: what it gives, that it leaves nothing, what is said where there is none."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import warm
from checkout import Checkout, processes
from harness.machine.engine import groups, images, prepare, programs, runtime
from harness.machine.needs import NEEDS
from harness.machine.pythons import find_interpreters
from harness.problem import Problem
from harness.sandbox import isolation
from patience import PATIENCE, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the engine runs in its namespaces")
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


def network() -> str:
    """The machine's network: its interfaces, its rules, whether it passes packets on."""
    interfaces = sorted(path.name for path in Path("/sys/class/net").iterdir())
    rules = Path("/proc/net/ip_tables_names")
    passing = Path("/proc/sys/net/ipv4/ip_forward").read_text()
    return f"{interfaces} {rules.read_text() if rules.exists() else ''} {passing}"


@needs_engine
def test_a_page_builds_and_runs_on_its_own_engine_and_nothing_of_it_is_left(checkout: Checkout) -> None:
    before = network()
    checkout.page("x", NEEDS_IT + BUILT)

    ran = checkout.run()

    assert (ran.status, checkout.outcomes("x")) == (0, ["written", "compared"]), ran.output
    assert "Docker" in checkout.record()["pages"]["docs/x.md"][0]["facts"]
    assert left(checkout) == []
    assert network() == before


@needs_engine
def test_two_pages_have_two_engines_and_the_same_names_and_ports(checkout: Checkout) -> None:
    page = f"""{NEEDS_IT}{DOCKERFILE}
``` console
$ docker build --quiet --tag app . | cut --characters=-7
sha256:
$ docker run --detach --name one --publish 8000:8000 app python -m http.server 8000 | wc --chars
65
$ curl --silent --retry 60 --retry-delay 1 --retry-all-errors --output list http://localhost:8000
$ head -n 1 list
<!DOCTYPE HTML>
$ docker ps --all --quiet | wc --lines
1
```
"""
    checkout.page("x", page)
    checkout.page("y", page)

    ran = checkout.run("docs", "--guide-jobs=2")

    assert ran.status == 0, ran.output
    assert left(checkout) == []


@needs_engine
@pytest.mark.parametrize("level", ["bubblewrap", "unshare"])
def test_a_bind_mount_has_the_files_of_the_page(checkout: Checkout, level: isolation.Level) -> None:
    if not isolation._works(level):
        pytest.skip(f"needs {level}")
    machines = Path("/home/user").exists()
    page = f"""{NEEDS_IT}
``` {{.text title="note.txt"}}
from the page
```

``` console
$ docker run --rm --volume "$PWD:/here" python:3.13-slim sh -c 'cat /here/note.txt; echo and back >/here/answer.txt'
from the page
$ cat note.txt answer.txt
from the page
and back
```
"""
    checkout.page("x", page)

    ran = checkout.run(GUIDE_ISOLATION=level)

    assert ran.status == 0, ran.output
    assert Path("/home/user").exists() == machines
    assert left(checkout) == []


COMPOSE = """\
``` {.yaml title="compose.yaml"}
services:
  database:
    image: postgres:17
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD_FILE: /run/secrets/password
    secrets: [password]
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck:
      test: pg_isready --username shop --host 127.0.0.1
      interval: 1s
      retries: 60
  cache:
    image: redis:8
    healthcheck:
      test: redis-cli ping
      interval: 1s
      retries: 60
  client:
    image: redis:8
    command: redis-cli -h cache set greeting hello
    depends_on:
      cache: {condition: service_healthy}
secrets:
  password: {file: password.txt}
volumes:
  data: {}
```

``` console
$ (umask 077; echo secret >password.txt)
$ docker compose up --detach --quiet-pull --wait database cache >up 2>&1
$ docker compose run --quiet-pull --rm client 2>run
OK
$ docker compose exec cache redis-cli get greeting
hello
$ sql() { docker compose exec database psql --username shop --tuples-only --no-align --command "$1"; }
$ sql 'create table item (name text)'
CREATE TABLE
$ sql "insert into item values ('kept')"
INSERT 0 1
$ docker compose down >down 2>&1
$ docker compose up --detach --wait database >up 2>&1
$ sql 'select name from item'
kept
$ docker compose down --volumes >down 2>&1
```
"""


@needs_engine
def test_a_page_has_compose_with_a_cache_and_a_database_whose_password_root_alone_may_read(checkout: Checkout) -> None:
    checkout.page("x", NEEDS_IT + COMPOSE)

    ran = checkout.run()

    assert ran.status == 0, ran.output
    assert left(checkout) == []


@needs_engine
def test_the_database_refuses_a_password_that_is_given_twice(checkout: Checkout) -> None:
    page = f"""{NEEDS_IT}
``` {{.console data-exit="1"}}
$ docker run --rm --env POSTGRES_PASSWORD=a --env POSTGRES_PASSWORD_FILE=/etc/hostname postgres:17
error: both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are set (but are exclusive)
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 0, ran.output


@needs_engine
def test_a_container_reads_and_writes_nothing_of_the_machine(checkout: Checkout) -> None:
    machines = checkout.write("machines.txt", "the machine's")
    page = f"""{NEEDS_IT}
``` {{.console data-exit="1"}}
$ all() {{ docker run --rm --privileged --volume /:/machine debian:trixie-slim "$@"; }}
$ all cat /machine{machines}
cat: /machine{machines}: No such file or directory
[1]
$ all touch /machine/usr/bin/mine
touch: cannot touch '/machine/usr/bin/mine': Read-only file system
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 0, ran.output
    assert not Path("/usr/bin/mine").exists()


@needs_engine
def test_a_base_image_that_is_not_kept_is_an_error_that_names_its_registry(checkout: Checkout) -> None:
    page = DOCKERFILE.replace("python:3.13-slim", "alpine:3.22")
    checkout.page("x", f"{NEEDS_IT}{page}\n``` console\n$ docker build --quiet --tag app .\n```\n")

    ran = checkout.run()

    assert ran.status == 1
    assert "docs/x.md:11: registry-1.docker.io: name lookup: registry-1.docker.io isn't served" in ran.output, (
        ran.output
    )


@needs_engine
@pytest.mark.skipif(not NEEDS["debian-archive"].available(), reason="needs apt, for Debian's archive")
def test_a_build_installs_packages_with_apt_get_and_names_its_frontend(checkout: Checkout) -> None:
    page = f"""{NEEDS_IT.replace("]", ", debian-archive]")}
``` {{.dockerfile title="Dockerfile"}}
# syntax=docker/dockerfile:1
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends hello
RUN <<SCRIPT
hello | tr o 0
SCRIPT
```

``` console
$ docker build . 2>&1 | grep --only-matching --regexp 'docker-image.*dockerfile:1$' --regexp 'Hell0.*' | uniq
docker-image://docker.io/docker/dockerfile:1
Hell0, w0rld!
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 0, ran.output
    assert " of 20" in checkout.record()["pages"]["docs/x.md"][0]["facts"]["Debian's archive"]


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
def test_a_port_that_is_in_use_is_an_error_that_names_it(checkout: Checkout) -> None:
    page = f"""{NEEDS_IT}
``` console
$ python -m http.server 8000 >/dev/null 2>&1 &
$ curl --silent --retry 60 --retry-delay 1 --retry-all-errors --output list http://localhost:8000
$ docker run --rm --publish 8000:8000 debian:trixie-slim true
[...]0.0.0.0:8000[...]address already in use[...]
...
[125]
$ kill %1
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 0, ran.output


@needs_engine
def test_a_file_that_only_a_container_reads_counts_as_used(checkout: Checkout) -> None:
    page = f"""{NEEDS_IT}
``` {{.text title="cache.conf"}}
maxmemory 7mb
```

``` {{.text title="password.txt"}}
requirepass secret
```

``` {{.yaml title="compose.yaml"}}
services:
  cache:
    image: redis:8
    command: sh -c 'cat /run/secrets/password /etc/cache.conf | redis-server -'
    volumes: ["./cache.conf:/etc/cache.conf:ro"]
    secrets: [password]
secrets:
  password: {{file: password.txt}}
```

``` console
$ docker compose up --detach --quiet-pull >up 2>&1
$ asked() {{ docker compose exec cache redis-cli -a secret config get maxmemory 2>asked; }}
$ until asked | grep 7; do sleep 0.2; done
7340032
$ docker compose down >down 2>&1
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 0, ran.output


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


@needs_engine
def test_a_host_that_the_world_does_not_serve_is_named_when_a_build_asks_for_it(checkout: Checkout) -> None:
    asking = "import urllib.request; urllib.request.urlopen('https://elsewhere.example')"
    page = f"""{NEEDS_IT}
``` console
$ docker run --rm python:3.13-slim python -c "{asking}"
```
"""
    checkout.page("x", page)

    ran = checkout.run()

    assert ran.status == 1
    assert "docs/x.md:6: elsewhere.example: GET https://elsewhere.example/: " in ran.output, ran.output


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


def test_a_container_gets_the_worlds_authority_unless_it_names_another(tmp_path: Path) -> None:
    process = {"args": ["true"], "env": ["PATH=/bin", "SSL_CERT_FILE=/own.pem"]}
    (tmp_path / "config.json").write_text(json.dumps({"process": process}))
    runtime.change(["--root", "/r", "create", "--bundle", str(tmp_path), "id"], "/ca.pem")
    bundle = json.loads((tmp_path / "config.json").read_text())
    assert bundle["process"]["env"] == [
        *process["env"],
        f"REQUESTS_CA_BUNDLE={runtime.INSIDE}",
        f"GIT_SSL_CAINFO={runtime.INSIDE}",
    ]
    assert [(mount["source"], mount["destination"]) for mount in bundle["mounts"]] == [("/ca.pem", runtime.INSIDE)]


def test_a_program_started_in_a_container_gets_the_worlds_authority(tmp_path: Path) -> None:
    (tmp_path / "process.json").write_text(json.dumps({"args": ["true"]}))
    runtime.change(["--log", "/l", "exec", f"--process={tmp_path / 'process.json'}", "id"], "/ca.pem")
    assert json.loads((tmp_path / "process.json").read_text())["env"][0] == f"SSL_CERT_FILE={runtime.INSIDE}"


def test_what_starts_no_program_is_passed_on_to_runc_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "runc").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "runc").chmod(0o755)
    command = [sys.executable, "-I", "-S", runtime.__file__, str(tmp_path / "runc"), "/ca.pem", "--root", "/r", "list"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "--root /r list\n"
