"""Tests on each Python that pyproject.toml lists: ``nox``; on one: ``nox --session test-3.13``."""

import nox

nox.needs_version = ">=2025.10.14"
nox.options.default_venv_backend = "uv|virtualenv"  # uv where it is installed

PROJECT = nox.project.load_toml("pyproject.toml")


@nox.session(python=nox.project.python_versions(PROJECT))
def test(session: nox.Session) -> None:
    """Run pytest with the group ``test``; arguments after ``--`` are pytest's."""
    session.install(".", *nox.project.dependency_groups(PROJECT, "test"))
    session.run("pytest", *session.posargs)
