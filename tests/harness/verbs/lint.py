"""Lint of what neither ruff nor mypy reads: what the project says, GitHub's workflows and shell scripts.

codespell looks for misspelled words, voice for phrases that make readers stop; zizmor for what an attacker could use,
actionlint for what GitHub would refuse, a schema for what neither reads, shellcheck for what the shell would
misunderstand. All but actionlint come with the harness' environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from harness.project import ROOT, Project

ACTIONLINT = "v1.7.12"  # PyPI's package of it fetches a binary from elsewhere, so Go builds it, where there is Go
IMAGES = "tests/harness/machine/engine/scripts"
SCRIPTS = (".ci/run", ".github/issue", f"{IMAGES}/postgres.sh", f"{IMAGES}/redis.sh")
SAID = ("docs", "snippets", "recipes", "tests/harness", "overrides", "README.md", "CONTRIBUTING.md")  # what is spelt


def checks(project: Project) -> Iterator[tuple[str, list[str]]]:
    """Name and command line of each lint that can run here; commands run in the project's root."""
    files = sorted(project.relative(path) for path in (project.root / ".github" / "workflows").glob("*.yml"))
    own = Path(sys.executable).parent
    yield "codespell", [str(own / "codespell"), *SAID]
    yield "voice", [sys.executable, "-m", "harness.verbs.voice", str(project.root)]
    yield (
        "zizmor",
        [str(own / "zizmor"), "--offline", "--quiet", "--strict-collection", "--persona", "pedantic", *files],
    )
    yield "schema", [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
    yield "shellcheck", [str(own / "shellcheck"), *SCRIPTS]
    if found := actionlint(project):
        yield "actionlint", [str(found), "-shellcheck", str(own / "shellcheck"), *files]


def actionlint(project: Project) -> Path | None:
    """actionlint from PATH, from an earlier build or built now by Go; None where none of these works."""
    built = project.work / "bin" / f"actionlint-{ACTIONLINT}{'.exe' if os.name == 'nt' else ''}"
    if found := shutil.which("actionlint"):
        return Path(found)
    if not built.exists() and shutil.which("go"):
        folder = project.work / "go"
        env = os.environ | {"GOBIN": str(folder / "bin"), "GOPATH": str(folder), "GOFLAGS": "-modcacherw"}
        command = ["go", "install", f"github.com/rhysd/actionlint/cmd/actionlint@{ACTIONLINT}"]
        if subprocess.run(command, stdin=subprocess.DEVNULL, env=env).returncode == 0:
            built.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / "bin" / f"actionlint{built.suffix if os.name == 'nt' else ''}", built)
        shutil.rmtree(folder, ignore_errors=True)
    return built if built.exists() else None


def main() -> int:
    """Run all of them; status 1 if one finds something, or if GitHub's own runner can't get actionlint."""
    project = Project(ROOT)
    names, failed = [], []
    for name, command in checks(project):
        names.append(name)
        if subprocess.run(command, cwd=project.root, stdin=subprocess.DEVNULL).returncode:
            failed.append(name)
    if "actionlint" not in names:
        print("lint: actionlint did not run: neither it nor Go is installed", file=sys.stderr)
        failed += ["actionlint"] * ("GITHUB_ACTIONS" in os.environ)
    print(f"lint: {', '.join(names)}: {'failed: ' + ', '.join(failed) if failed else 'nothing found'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
