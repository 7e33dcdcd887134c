"""Requirements files, Dockerfiles, Makefiles and .env files: the mistakes that readers would run into."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from harness.validate import requirements
from harness.validate.validators import validate

SHA = "sha256:" + "0123456789abcdef" * 4
REQUIREMENTS = f"""\
# the index
--index-url https://packages.example.com/simple/
--extra-index-url=https://${{USER}}:${{TOKEN}}@packages.example.com/simple/ --pre
-r base.txt
-cconstraints.txt
-e .[dev]
-e git+https://git.example.com/a.git@main#egg=a
-e "b @ git+ssh://git@git.example.com/b.git"
-e packages/c
--editable=file:///srv/e
--no-binary :all:
httpx>=0.28,<1  # a comment
uvicorn[standard] ~= 0.30 ; python_version >= "3.11" and sys_platform != 'win32'
pkg @ https://packages.example.com/pkg-1.0-py3-none-any.whl#sha256=abc
./wheels/a-1.0-py3-none-any.whl
a-1.0.tar.gz
https://packages.example.com/b-1.0.zip ; python_version < "3.9"
git+ssh://git@git.example.com/c.git
file:///srv/d
.
requests==2.32.0 \\
    --hash={SHA} \\
    --hash={SHA}
d --config-settings="--build-option=x"
"""
DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.13
FROM --platform=$BUILDPLATFORM python:${VERSION}-slim AS build
RUN --mount=type=cache,target=/root/.cache \\
    # a comment inside
    pip install \\

    build
RUN <<EOF
apt-get update
FROM here it is text
EOF
COPY <<-"ONE" <<TWO /etc/
	a
	ONE
b
TWO
RUN [ -f /etc/one ] && echo "a <<b" && echo $((1<<n))
ENV ONE=1 TWO="2 3"
ENV OLD form
LABEL version="1.0"
FROM scratch
copy --from=build /app /app
HEALTHCHECK NONE
HEALTHCHECK --interval=5s CMD ["curl", "-f", "http://localhost/"]
ONBUILD RUN echo
SHELL ["/bin/bash", "-c"]
CMD ["python", "-m", "app"]
"""
MAKEFILE = """\
SHELL := /bin/bash
PYTHON ?= python3
FILES = a \\
    b c
export VAR
-include local.mk

.PHONY: all test
all: test lint ; @echo done

test: export MODE = test
test: | .venv
\t$(PYTHON) -m pytest \\
    -x
ifdef CI
\techo CI
    EXTRA = 1
else
\techo here
endif

define HELP
any text
    here
endef

# a comment
$(info text)
%.o: %.c
\tcc $<
"""
DOTENV = """\
# comment
A=1
export B = two words # comment
C='single $A'
D="a \\"quoted\\" word" # comment
E="several
lines"
F=
G.H=1
BARE
'QUOTED'=2
MY-KEY=1
"""


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("requirements.txt", REQUIREMENTS),
        ("requirements-dev.in", "-r requirements.in\npytest\n"),
        ("requirements/dev.txt", "pytest>=8\n"),
        ("dev-requirements.txt", f"a==1 --hash={SHA}\n"),
        ("constraints.txt", "httpx==0.28.1\nidna<4  # CVE\n"),
        ("Dockerfile", DOCKERFILE),
        ("docker/api.Dockerfile", "FROM a\n"),
        ("Dockerfile.windows", "# escape=`\nFROM a\nRUN dir `\n  c:\\\nCMD a\n"),
        ("Makefile", MAKEFILE),
        ("sub/tasks.mk", ".RECIPEPREFIX = >\nall:\n> echo\n"),
        (".env", DOTENV),
        (".env.production", "A=1\n"),
        ("deploy/web.env", "A=1\n"),
        ("MANIFEST.in", "include *.txt\n"),
        ("notes.txt", "anything !\n"),
    ],
)
def test_a_right_file_has_no_errors(title: str, text: str) -> None:
    assert validate(title, "text", text) == []


@pytest.mark.parametrize(
    ("title", "text", "error"),
    [
        ("requirements.txt", "\n\nhttpx=0.28\n", "line 3: Expected "),
        ("requirements.txt", "httpx>=0.28 rich\n", "line 1: "),
        ("requirements.txt", "pip install httpx\n", "line 1: "),
        ("requirements.txt", "httpx \\\n  >=abc\n", "line 1: "),
        ("requirements.txt", "a\n--frobnicate x\n", "line 2: '--frobnicate' isn't an option"),
        ("requirements.txt", "--index-url\n", "line 1: --index-url without a value"),
        ("requirements.txt", "--pre=yes\n", "line 1: --pre takes no value"),
        ("requirements.txt", "a --index-url=https://x\n", "line 1: '--index-url' isn't an option"),
        ("requirements.txt", "a --global-option=x\n", "line 1: '--global-option' isn't"),
        ("requirements.txt", "-e 'a\n", "line 1: no closing quotation"),
        ("requirements.txt", "a==1 --hash=sha256:abc\n", "line 1: --hash=sha256:abc: a sha256 digest has 64"),
        ("requirements.txt", "a==1 --hash=md5:abc\n", "line 1: --hash=md5:abc: pip takes"),
        ("requirements.txt", f"a --hash={SHA}\n", "line 1: 'a': a hash without '=='"),
        ("requirements.txt", f"a==1.* --hash={SHA}\n", "line 1: 'a==1.*': a hash without '=='"),
        ("requirements.txt", f"a==1 --hash={SHA}\nb==1\n", "line 2: no --hash, but line 1 has one"),
        ("constraints.txt", "-e .\n", "line 1: an editable requirement"),
        ("constraints-dev.txt", "a[b]==1\n", "line 1: 'a[b]==1': a constraint can't have extras"),
        ("constraints.txt", "./a.whl\n", "line 1: './a.whl' names no package"),
        ("Dockerfile", "", "line 1: no FROM"),
        ("Dockerfile", "RUN a\nFROM b\n", "line 1: RUN before the first FROM"),
        ("Dockerfile", "FROM a\n\nRUNN b\n", "line 3: unknown instruction RUNN"),
        ("requirements.txt", "-e flask\n", "line 1: -e flask: neither a folder nor a repository; expected ./flask"),
        ("requirements.txt", "a\n-e git+https://h/f\n", "line 2: -e git+https://h/f: which package it is isn't said"),
        ("Dockerfile", "FROM a\nCOPY b\n", "line 2: COPY b: expected what to copy and where to"),
        ("Dockerfile", 'FROM a\nCOPY ["b", c]\n', 'line 2: COPY ["b", c]: not a JSON list'),
        ("Dockerfile", "FROM a\nENV NAME\n", "line 2: ENV NAME: expected ENV name=value"),
        ("Dockerfile", "FROM a\nHEALTHCHECK curl\n", "line 2: HEALTHCHECK curl: expected CMD or NONE"),
        ("Dockerfile", "FROM a\nCOPY\n", "line 2: COPY without arguments"),
        ("Dockerfile", "FROM a b\n", "line 1: FROM a b: expected an image"),
        ("Dockerfile", "FROM a AS x\nFROM b as X\n", "line 2: a second stage named X"),
        ("Dockerfile", "FROM a\nCMD ['b']\n", "line 2: CMD ['b']: not a JSON list"),
        ("Dockerfile", 'FROM a\nENTRYPOINT ["b", 1]\n', "line 2: ENTRYPOINT: a list with something else than strings"),
        ("Dockerfile", "FROM a\nSHELL bash\n", "line 2: SHELL takes a JSON list"),
        ("Dockerfile", "FROM a\nRUN <<EOF\nb\n", "line 2: the heredoc <<EOF has no end"),
        ("Dockerfile", "FROM a\nRUN a \\\n  b\n\n  c\n", "line 5: unknown instruction C"),
        ("Makefile", "all:\n    echo\n", "line 2: begins with spaces"),
        ("Makefile", "all:\n\techo a\n  echo b\n", "line 3: begins with spaces"),
        ("Makefile", "all: A = 1\n    echo\n", "line 2: begins with spaces"),
        ("Makefile", "define X\nall:\n  text\nendef\nall:\n  echo\n", "line 6: begins with spaces"),
        (".env", "A=1\n=2\n", "line 2: not NAME=value: '=2'"),
        (".env", "A: 1\n", "line 1: not NAME=value"),
        ("web.env", "A: 1\n", "line 1: not NAME=value"),
        (".env", "A='x\nB=1\n", "line 1: not NAME=value"),
        (".env", 'A=1\n\nB="x" y\n', "line 3: not NAME=value"),
    ],
)
def test_a_wrong_file_has_an_error_with_its_line(title: str, text: str, error: str) -> None:
    errors = validate(title, "text", text)
    assert errors and errors[0].startswith(error)


@pytest.mark.parametrize("title", ["requirements.txt", "Dockerfile", "Makefile", ".env"])
@pytest.mark.parametrize(
    "text", ["\\\n" * 50_000, "<<A " * 20_000, "'" * 50_001, "=" * 100_000, "a\\" * 40_000, "(" * 90_000]
)
def test_an_odd_file_of_great_length_is_read_to_its_end(title: str, text: str) -> None:
    assert isinstance(validate(title, "text", "FROM a\nRUN " + text if title == "Dockerfile" else text), list)


def test_the_options_of_requirements_are_those_that_pip_has(equipped: Path) -> None:
    packages = next((equipped / "pip-tools").glob("lib/python3.*/site-packages"))
    program = """
import json
from pip._internal.req import req_file

def options(makers):
    made = [maker() for maker in makers]
    return {name: option.takes_value() for option in made for name in option._short_opts + option._long_opts}

print(json.dumps([options(req_file.SUPPORTED_OPTIONS), options(req_file.SUPPORTED_OPTIONS_REQ)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(packages)}, capture_output=True, text=True, check=True
    )
    lines, requirement = json.loads(done.stdout)
    assert {name for name, valued in lines.items() if valued} == requirements.VALUED
    assert {name for name, valued in lines.items() if not valued} == requirements.FLAGS
    assert set(requirement) == requirements.PER_REQUIREMENT and all(requirement.values())
