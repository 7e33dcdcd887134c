"""The site built with Zensical, too: the same pages with the same words, from the same mkdocs.yml.

Zensical runs no hooks, so it is held against MkDocs without them. Two lines of the configuration are other ones there:
it can't read the tag ``!relative``, and it calls a link to a name that a hook gives to a block a broken one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bs4 import BeautifulSoup

from harness import once
from harness.machine import pip_config
from harness.problem import Problem
from harness.project import ROOT, Project

PACKAGE = "zensical==0.0.73"
PARTS = ("docs", "overrides", "recipes", "snippets")
BUILT = "site"  # where both put it
OTHER = {"- !relative $config_dir": "- .", "strict: true": "strict: false"}
HOOKS = {
    "  - overrides/hooks/downloads.py\n": "",
    "  - overrides/hooks/verification.py\n": "",
    "hooks:\n": "hooks: []\n",
}
APART = ".headerlink, .md-path, .md-source-file, nav"  # what a theme adds to an article


def changed(text: str, changes: dict[str, str]) -> str:
    """``text`` with these changes; Problem where it lacks what is to change."""
    for old, new in changes.items():
        if old not in text:
            raise Problem("mkdocs.yml", f"no {old.strip()!r}", "the line that is another one for Zensical")
        text = text.replace(old, new)
    return text


def articles(site: Path) -> dict[str, str]:
    """The words of each page's article, by its path below the site."""
    found = {}
    for path in sorted(site.rglob("index.html")):
        article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select_one("article")
        if article:
            for added in article.select(APART):
                added.decompose()
            found[path.relative_to(site).as_posix()] = "".join(article.get_text().split())
    return found


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """What two sites don't have in common, a line a page."""
    lines = [f"{page}: made by MkDocs alone" for page in sorted(one.keys() - other.keys())]
    lines += [f"{page}: made by Zensical alone" for page in sorted(other.keys() - one.keys())]
    for page in sorted(one.keys() & other.keys()):
        if one[page] != other[page]:
            at = len(os.path.commonprefix([one[page], other[page]]))
            lines.append(f"{page}: MkDocs …{one[page][at : at + 60]!r}, Zensical …{other[page][at : at + 60]!r}")
    return lines


def built(project: Project, folder: Path, command: list[str], changes: dict[str, str]) -> dict[str, str]:
    """The articles of the project as ``command`` builds it in ``folder``."""
    for part in PARTS:
        shutil.copytree(project.root / part, folder / part)
    text = (project.root / "mkdocs.yml").read_text(encoding="utf-8")
    (folder / "mkdocs.yml").write_text(changed(text, changes), encoding="utf-8")
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise Problem(
            "make zensical", f"{Path(command[0]).name}: {(done.stdout + done.stderr)[-2000:]}", "a built site"
        )
    return articles(folder / BUILT)


def installed(project: Project) -> Path:
    """The program, in an environment of its own below the work folder."""
    folder = project.work / "bin" / PACKAGE.replace("==", "-")
    program = folder / ("Scripts/zensical.exe" if os.name == "nt" else "bin/zensical")
    env = pip_config.for_uv(pip_config.configured(sys.executable), os.environ, project.work / "uv")
    for command in (["venv", "--clear", str(folder)], ["pip", "install", "--python", str(folder), PACKAGE]):
        if program.exists():
            break
        done = once.quiet([pip_config.uv(), *command, "--quiet"], env, project.root)
        if done.returncode:
            raise Problem(
                "make zensical", f"{PACKAGE} can't be installed: {done.stderr.strip()}", "an index that has it"
            )
    return program


def main() -> int:
    """Build with both and compare; status 1 where pages or their words differ."""
    project = Project(ROOT)
    try:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            theirs = built(project, Path(other), [str(installed(project)), "build"], OTHER)
            mkdocs = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
            ours = built(project, Path(one), mkdocs, {**OTHER, **HOOKS})
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    found = differences(ours, theirs)
    print("\n".join(found) or f"zensical: {len(theirs)} pages with the words that MkDocs gives them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
