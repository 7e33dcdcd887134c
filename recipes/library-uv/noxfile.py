"""Tests on each Python that pyproject.toml lists: ``uv run nox``; on one: ``uv run nox --session test-3.13``."""

import nox

nox.needs_version = ">=2025.10.14"
nox.options.default_venv_backend = "uv"

PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))


@nox.session(python=PYTHONS)
def test(session: nox.Session) -> None:
    """Run pytest with the group ``test`` of uv.lock; arguments after ``--`` are pytest's."""
    session.run_install(
        *("uv", "sync", "--locked", "--no-default-groups", "--group=test"),
        f"--python={session.virtualenv.location}",
        env={"UV_PROJECT_ENVIRONMENT": session.virtualenv.location},
    )
    session.run("pytest", *session.posargs)
