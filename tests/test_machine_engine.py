"""A container engine of the page's own: what it gives to a page, and what its base images are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import Checkout
from engine_pages import BUILT, DOCKERFILE, NEEDS_IT, left, needs_engine, on_linux
from harness.machine.engine import runtime
from harness.machine.needs import NEEDS
from harness.sandbox import isolation

pytestmark = on_linux


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


PYTHONS = """\
``` console
$ docker image inspect --format '{{json .Config.Cmd}} {{json .Config.Entrypoint}}' IMAGE
["python3"] null
$ docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' IMAGE >environment
$ sed '/^$/d; /SHA256/d; s/=.*//' environment
PATH
GPG_KEY
PYTHON_VERSION
$ grep PATH environment
PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
$ inside() { docker run --rm IMAGE sh -c "$1"; }
$ inside 'cd /usr/local/bin; for name in idle pip pydoc python python-config; do readlink $name; done'
idle3
pip3
pydoc3
python3
python3-config
$ inside "find /usr/local -name '*.pyc' -o -name test -o -name tests -o -name idle_test -o -name '*.a'"
$ inside 'pip --version | cut --delimiter=" " --fields=3-; pydoc -b --help >/dev/null; python-config --prefix'
from /usr/local/lib/python3.13/site-packages/pip (python 3.13)
/usr/local
$ inside 'ls -d /usr/local/lib/python3.13/turtledemo /usr/local/lib/python3.13/idlelib'
/usr/local/lib/python3.13/idlelib
/usr/local/lib/python3.13/turtledemo
```
"""
SLIM = """
``` console
$ inside 'for name in gcc git curl make pg_config; do command -v $name; done'
[127]
$ docker run --rm IMAGE python -c 'import tkinter' 2>said
[1]
$ tail -n 1 said
ImportError: libtk8.6.so: cannot open shared object file: No such file or directory
```
"""
FULL = """
``` console
$ inside 'for name in gcc git curl make pg_config hg svn convert; do command -v $name; done'
/usr/bin/gcc
/usr/bin/git
/usr/bin/curl
/usr/bin/make
/usr/bin/pg_config
/usr/bin/hg
/usr/bin/svn
/usr/bin/convert
$ docker run --rm IMAGE python -c 'import tkinter'
```
"""


@needs_engine
@pytest.mark.parametrize(("image", "more"), [("python:3.13-slim", SLIM), ("python:3.13", FULL)], ids=["slim", "full"])
def test_the_images_of_python_have_what_docker_library_puts_into_them(
    checkout: Checkout, image: str, more: str
) -> None:
    checkout.page("x", NEEDS_IT + (PYTHONS + more).replace("IMAGE", image))

    ran = checkout.run()

    assert ran.status == 0, ran.output


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
