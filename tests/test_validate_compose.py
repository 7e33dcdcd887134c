"""Compose files: what each service names is declared, but where another file may declare it."""

from __future__ import annotations

import pytest
from harness.validate.validators import validate
from validated import families, pairs, titles

COMPOSE = """\
services:
  web:
    build: .
    ports: ["8000:8000"]
    depends_on:
      db:
        condition: service_healthy
    volumes: ["./src:/src:ro", "cache:/cache", "/anonymous"]
    secrets: [password]
  db:
    image: postgres:17
    healthcheck:
      test: ["CMD", "pg_isready"]
      interval: 5s
volumes:
  cache:
secrets:
  password:
    file: password.txt
"""
ALIASED = "x-env: &env {A: 1}\nservices:\n" + "".join(
    f"  s{n}: &s{n}\n    image: a\n    environment: {{<<: *env}}\n" for n in range(200)
)
VALID = {
    "compose.yaml": [COMPOSE],
    "docker-compose.override.yml": ["services:\n  web:\n    environment: {DEBUG: '1'}\n", COMPOSE],
    "docker-compose.prod.yml": ["services:\n  web:\n    depends_on: [db]\n    volumes: ['data:/data']\n"],
    "deploy/compose.yaml": [
        "include: [base.yaml]\nservices:\n  web:\n    image: a\n    depends_on: [db]\n",
        "services:\n  web:\n    image: a\n    secrets: [declared_in_the_override]\n",
        "services:\n  web:\n    extends: {file: base.yaml, service: web}\nsecrets:\n  a: {environment: A}\n",
    ],
    "docker-compose.yml": [ALIASED],
}
INVALID = [
    ("compose.yaml", COMPOSE.replace("image:", "imag:"), "imag"),
    ("compose.yaml", COMPOSE.replace("      db:", "      database:"), "'database' isn't declared under services"),
    ("compose.yaml", COMPOSE.replace("  cache:\n", "  cach:\n"), "'cache' isn't declared under volumes"),
    (
        "compose.yaml",
        COMPOSE.replace("secrets: [password]", "secrets: [passwd]"),
        "'passwd' isn't declared under secrets",
    ),
    ("compose.yaml", COMPOSE.replace("service_healthy", "healthy"), "condition"),
    ("compose.yaml", COMPOSE.replace("    build: .\n", ""), "$.services.web: neither an image nor a build"),
    ("compose.yaml", COMPOSE.replace('"CMD", ', ""), "healthcheck.test: a list begins with CMD"),
    ("compose.override.yaml", 'services:\n  db:\n    healthcheck: {test: ["true"]}\n', "a list begins with CMD"),
    ("compose.yaml", COMPOSE.replace("    file: password.txt", "    name: password"), "$.secrets.password: expected"),
    (
        "compose.yaml",
        COMPOSE.replace("    build: .", "    build: .\n    network_mode: host\n    networks: [default]"),
        "network_mode and networks exclude each other",
    ),
    ("compose.yaml", "", "expected one"),
    ("compose.yaml", "services:\n", "$.services"),
]


@pytest.mark.parametrize(("title", "text"), pairs(VALID))
def test_a_right_file_has_no_errors(title: str, text: str) -> None:
    assert validate(title, "text", text) == []


@pytest.mark.parametrize(("title", "text", "part"), INVALID)
def test_a_wrong_file_has_an_error_that_says_what(title: str, text: str, part: str) -> None:
    errors = validate(title, "text", text)
    assert errors and part in errors[0]


@pytest.mark.parametrize("title", titles(VALID, INVALID))
def test_a_file_belongs_to_one_family_and_to_its_formats_below(title: str) -> None:
    assert all(family.language for family in families(title)[1:]), "only what a format has in general may come second"
