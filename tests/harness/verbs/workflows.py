"""GitHub's workflows that readers copy: those of recipes, and those that pages show whole or change by a diff.

zizmor looks for what an attacker could use, actionlint for what GitHub would refuse. zizmor reads the configurations
of Dependabot and pre-commit as well. Findings name the page and the line in it; ``tests/zizmor.yml`` lists the rules
that examples needn't keep, with the reasons.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.compare.align import elides
from harness.compare.patch import apply_diff
from harness.kinds.table import read_page
from harness.page.block import Block
from harness.page.markup import Markup
from harness.page.page import Page
from harness.page.scenario import Scenario
from harness.problem import Problem
from harness.project import ROOT, Project
from harness.validate import dependabot, precommit, workflow, yaml
from harness.verbs import actionlint

RULES = "tests/zizmor.yml"
WORKFLOW = re.compile(workflow.FAMILY.path)
READ = re.compile("|".join(f"(?:{family.path})" for family in (workflow.FAMILY, dependabot.FAMILY, precommit.FAMILY)))
MAY_SHOW = re.compile(r"^ *jobs:|\.github/|\.pre-commit-config", re.MULTILINE)  # else a page isn't read: that is slow
UNTITLED = ".github/workflows/untitled.yml"  # a whole workflow that a page shows as data
FOUND = re.compile(r"^(.*?):(\d+):\d+: (.*)$", re.MULTILINE)  # actionlint's


@dataclass(frozen=True)
class Shown:
    """A file: its ``path`` in its project, its ``text``, and where that is.

    ``above`` is the number of lines above the text in the file or page ``name``. ``whole`` is false where the page has
    only a change of it.
    """

    name: str
    path: str
    text: str
    above: int = 0
    whole: bool = True

    def at(self, line: int) -> str:
        return f"{self.name}:{self.above + line}" if self.whole else f"{self.name}:{self.above} ({self.path}:{line})"


def shown(project: Project) -> Iterator[Shown]:
    """Every such file of the recipes and pages. Raises Problem for a diff that changes what nothing shows."""
    for path in sorted(project.recipes.glob("*/.*")) + sorted(project.recipes.glob("*/.github/**/*")):
        if path.is_file() and READ.fullmatch(inside := path.relative_to(project.recipes).as_posix().split("/", 1)[1]):
            yield Shown(project.relative(path), inside, path.read_text(encoding="utf-8"))
    markup = Markup(*project.markdown)
    for path in project.pages([]):
        if MAY_SHOW.search(path.read_text(encoding="utf-8")):
            page = read_page(project, path, markup)
            yield from dict.fromkeys(file for scenario in page.scenarios for file in of_page(page, scenario))


def of_page(page: Page, scenario: Scenario) -> Iterator[Shown]:
    """The files that one way through a page shows, and what its diffs make of them; those wrong on purpose are not."""
    now: dict[str, str] = {}
    for block in scenario.blocks:
        path = block.title or UNTITLED
        if not READ.fullmatch(path) or "data-invalid" in block.attributes:
            continue
        if block.language == "diff":
            now[path] = apply_diff(before(page, scenario, block, now), block.text, block.where)
            yield Shown(page.name, path, now[path], block.line, whole=False)
        elif whole(block):
            now[path] = block.text
            yield Shown(page.name, path, block.text, block.line, whole=not block.included)


def whole(block: Block) -> bool:
    """Whether a block shows all of a file: it writes it, lists it without a gap, or is data with all of a workflow."""
    if not block.title:
        documents, errors = yaml.read(block.text) if block.language == "yaml" else ([], [])
        data = documents[-1] if documents and not errors else None
        return isinstance(data, dict) and {"on", "jobs"} <= {str(key) for key in data}
    gaps = any(elides(line) for line in block.text.splitlines())
    return block.attributes.get("data-listing") != "part" and not gaps


def before(page: Page, scenario: Scenario, block: Block, now: dict[str, str]) -> str:
    """What a diff changes: the file as the page has shown it, or as the recipe has it."""
    recipe = page.recipe(scenario)
    if block.title in now:
        return now[block.title]
    if recipe and (recipe / block.title).is_file():
        return (recipe / block.title).read_text(encoding="utf-8")
    raise Problem(block.where, f"a diff of {block.title}, which the page hasn't shown", "the whole file, or a recipe's")


def findings(project: Project, files: Sequence[Shown], linter: list[str] | None) -> Iterator[Problem]:
    """What zizmor and, where ``linter`` is its command line, actionlint say of ``files``."""
    with tempfile.TemporaryDirectory() as folder:
        places = {}
        for number, file in enumerate(files):
            path = Path(folder) / str(number) / file.path
            path.parent.mkdir(parents=True)
            path.write_text(file.text, encoding="utf-8")
            places[path.as_posix()] = file
        yield from zizmor(project, places)
        if linter:
            workflows = [name for name, file in places.items() if WORKFLOW.fullmatch(file.path)]
            done = called([*linter, *workflows])
            found = FOUND.findall(done.stdout) if done.returncode < 2 else []
            if bool(found) != bool(done.returncode):
                raise Problem("actionlint", f"status {done.returncode}", "findings or none", evidence=done.stderr)
            for name, line, said in found:
                yield Problem(places[Path(name).as_posix()].at(int(line)), said, "what actionlint lets pass")


def zizmor(project: Project, places: dict[str, Shown]) -> Iterator[Problem]:
    options = ["--offline", "--quiet", "--strict-collection", "--persona", "pedantic", "--format", "json"]
    program = str(Path(sys.executable).parent / "zizmor")
    done = called([program, *options, "--config", str(project.root / RULES), *places])
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError:
        told = re.sub(r"\S+?/(\d+)/(?=\.)", lambda place: list(places.values())[int(place[1])].name + ": ", done.stderr)
        told = told.partition("\n\nStack backtrace")[0]
        raise Problem("zizmor", f"status {done.returncode}", "findings or none", evidence=told) from None
    for one in found:
        place = next(place for place in one["locations"] if place["symbolic"]["kind"] == "Primary")
        file = places[Path(place["symbolic"]["key"]["Local"]["verbatim_path"]).as_posix()]
        row = place["concrete"]["location"]["start_point"]["row"]
        said = f"{one['desc']} [{one['ident']}]: {place['symbolic']['annotation']}"
        yield Problem(file.at(row + 1), said, f"what zizmor lets pass: {one['url']}")


def called(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8")


def main(root: Path = ROOT) -> int:
    """Print each finding as ``page:line: …``; status 1 where there is one."""
    project = Project(root)
    try:
        found = [str(one) for one in findings(project, list(shown(project)), actionlint.command(project))]
    except Problem as problem:
        found = [str(problem)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
