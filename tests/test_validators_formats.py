"""Requirements files, Dockerfiles, Makefiles and .env files: the mistakes that readers would run into."""

from __future__ import annotations

import time

import pytest
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
RUN [ -f /etc/one ] && echo "a <<b"
FROM scratch
copy --from=build /app /app
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
        ("Makefile", "\techo\n", "line 1: a recipe line before the first target"),
        ("Makefile", "X = 1\n\techo\n", "line 2: a recipe line before the first target"),
        ("Makefile", "all:\n\techo\nnonsense\n", "line 3: neither rule, variable nor directive"),
        ("Makefile", "ifdef X\nall:\n\techo\n", "line 1: ifdef without its end"),
        ("Makefile", "endif\n", "line 1: endif without its beginning"),
        ("Makefile", "define X\nendif\n", "line 1: define without its end"),
        (".env", "A=1\nB\n", "line 2: not NAME=value"),
        (".env", "1A=1\n", "line 1: not NAME=value"),
        (".env", "A: 1\n", "line 1: not NAME=value"),
        (".env", "A='x\nB=1\n", "line 1: the value of A has no closing '"),
        (".env", 'A="x" y\n', 'line 1: the value of A has no closing "'),
    ],
)
def test_a_wrong_file_has_an_error_with_its_line(title: str, text: str, error: str) -> None:
    errors = validate(title, "text", text)
    assert errors and errors[0].startswith(error)


@pytest.mark.parametrize("title", ["requirements.txt", "Dockerfile", "Makefile", ".env"])
@pytest.mark.parametrize(
    "text", ["\\\n" * 50_000, "<<A " * 20_000, "'" * 50_001, "=" * 100_000, "a\\" * 40_000, "(" * 90_000]
)
def test_hostile_files_are_read_in_no_time(title: str, text: str) -> None:
    begun = time.process_time()
    validate(title, "text", "FROM a\nRUN " + text if title == "Dockerfile" else text)
    validate(title, "text", "A='" + text)
    validate(title, "text", ("A='" + text[:9] + "\n") * 5_000)
    assert time.process_time() - begun < 5
