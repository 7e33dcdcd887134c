"""Moving the world: all locks resolved again at another date, and the date itself; then every page, on what is new.

``python -m harness world DATE`` moves, ``python -m harness.verbs.move`` then runs the pages, says which of them broke
and adds that to ``docs/assets/moves.json``; between the two ``make world`` makes the harness' environment from its new
lock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness import once
from harness.machine import pip_config, setup
from harness.machine.toolchain import usable
from harness.problem import Problem
from harness.project import ROOT, Project
from harness.run.campaign import PYTHONS
from harness.run.record import read_json

RED = ("failed", "blocked")
MOVES = "docs/assets/moves.json"  # what the site tells of each move; overrides/hooks/proof/moves.py reads it
SYSTEMS = {"x86_64-unknown-linux-gnu": "linux", "aarch64-apple-darwin": "darwin", "x86_64-pc-windows-msvc": "win32"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def move(project: Project, named: str) -> int:
    """Move ``project`` to the day ``named`` ("2026-12-01" or "today", UTC); 0 when it is done.

    Raises Problem, with every file as it was, where a lock can't be resolved or the date isn't one.
    """
    date = _date(named)
    settings = project.root / "pyproject.toml"
    texts = {settings: dated(settings.read_bytes(), date)}
    sources = sorted(project.locks.glob("*.in"), key=lambda source: (bool(_constraints(source)), source.name))
    if not sources:
        raise Problem("tests/locks", "no .in file", "one for each tool")
    with tempfile.TemporaryDirectory(prefix="guide-locks-") as folder:
        for number, source in enumerate(sources, 1):
            lock = source.with_suffix(".txt")
            texts[lock] = resolve(project, source, date, Path(folder, project.relative(lock)))
            old = lock.read_text(encoding="utf-8") if lock.exists() else ""
            change = changes(old, texts[lock].decode())
            print(f"[{number}/{len(sources)}] {source.stem}: {change}", flush=True)
    _remember(project)
    with _undone_on_failure(list(texts)):
        for path in (*sorted(texts.keys() - {settings}), settings):
            once.write(path, texts[path])
    print(f"the world's date is {date}; the locks and pyproject.toml are moved", flush=True)
    return 0


def _date(named: str) -> dt.date:
    today = dt.datetime.now(dt.UTC).date()
    try:
        date = today if named == "today" else dt.date.fromisoformat(named)
    except ValueError:
        raise Problem("DATE", repr(named), "a day such as 2026-12-01, or today") from None
    if date > today:
        raise Problem("DATE", f"{date} is in the future", f"{today} (UTC) or earlier")
    return date


def dated(text: bytes, date: dt.date) -> bytes:
    """pyproject.toml with another date in [tool.guide], byte for byte the same otherwise."""
    new, count = re.subn(
        rb'(?ms)^(\[tool\.guide\]\s*\n(?:(?!\[).)*?^date\s*=\s*)(["\']).*?\2',
        lambda found: found[1] + found[2] + date.isoformat().encode() + found[2],
        text,
        count=1,
    )
    try:
        moved = count == 1 and tomllib.loads(new.decode())["tool"]["guide"]["date"] == date.isoformat()
    except (ValueError, KeyError):
        moved = False
    if not moved:
        raise Problem("pyproject.toml", "no date that can be moved", 'date = "2026-12-01" below [tool.guide]')
    return new


def _constraints(source: Path) -> list[str]:
    """The locks whose versions ``source`` takes over (its lines ``-c harness.txt``), so that they come before it."""
    return re.findall(r"^-c +(\S+)", source.read_text(encoding="utf-8"), re.MULTILINE)


def resolve(project: Project, source: Path, date: dt.date, output: Path) -> bytes:
    """The lock of ``source`` from what PyPI had before 00:00 UTC of ``date``, for all systems, wheels only.

    ``output`` is in a folder like the project's, where the locks are that ``source`` takes versions from.
    """
    name, wheels = project.relative(source), ["--only-binary", ":all:"]
    env = pip_config.for_uv(pip_config.configured(sys.executable), os.environ, project.work / "uv")
    root = output.parents[2]
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, output.parent)
    command = ["compile", name, "--output-file", str(output.relative_to(root)), "--universal"]
    command += ["--python-version", PYTHONS[-1], *wheels, "--generate-hashes", "--no-emit-index-url"]
    command += ["--custom-compile-command", "make world DATE=…", "--exclude-newer", f"{date}T00:00:00Z"]
    _uv(command, env, root, f"{name} can't be resolved as of {date}")
    beside = [output, *(output.with_name(lock) for lock in _constraints(source))]
    wanted = [option for lock in beside for option in ("--requirement", str(lock))]
    own = output.name in {lock.name for lock in setup.LOCKS}
    for system, platform in SYSTEMS.items():
        newest, *_, oldest = usable(PYTHONS, platform)
        for python in setup.PYTHONS if own else (oldest, newest):
            command = ["install", "--dry-run", "--require-hashes", *wheels, *wanted, "--target", str(root / "no")]
            command += ["--python-platform", system, "--python-version", python]
            _uv(command, env, root, f"{name}, as of {date}, can't be installed on {system} with Python {python}")
    return output.read_bytes()


def _uv(command: list[str], env: dict[str, str], root: Path, failure: str) -> None:
    done = once.quiet([pip_config.uv(), "pip", *command, "--quiet"], env, root)
    if done.returncode:
        expected = "versions uploaded before that day that work together and have wheels"
        todo = "nothing has been changed; fix what is named, or take another date"
        raise Problem("make world", f"{failure}: {done.stderr.strip()}", expected, todo)


def changes(old: str, new: str) -> str:
    """What a lock's pins became, as ``name old → new``; additions and removals by name."""
    before, after = dict(PIN.findall(old)), dict(PIN.findall(new))
    words = [f"{name} {before[name]} → {after[name]}" for name in after if before.get(name, after[name]) != after[name]]
    words += [f"+{name} {after[name]}" for name in after if name not in before]
    words += [f"-{name}" for name in before if name not in after]
    return ", ".join(words) or "nothing new"


@contextlib.contextmanager
def _undone_on_failure(paths: list[Path]) -> Iterator[None]:
    """Put ``paths`` back as they were when the block fails, Ctrl-C included."""
    before = {path: path.read_bytes() if path.exists() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, text in before.items():
            if text is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != text:
                once.write(path, text)
        raise


def _remember(project: Project) -> None:
    """Keep the last run's record to compare with; without one, every page that fails counts as broken by the move."""
    record, kept = project.work / "record.json", project.work / "record-before.json"
    kept.unlink(missing_ok=True)
    if record.exists():
        shutil.copyfile(record, kept)


def broken(record: Mapping[str, Any] | None) -> dict[str, str]:
    """Page -> its first failure in Markdown: place, and the reason's first line."""
    return {page: f"`{page}:{line}` `{reason}`" for page, (line, reason) in _failures(record).items()}


def _failures(record: Mapping[str, Any] | None) -> dict[str, tuple[int, str]]:
    """Page -> the line of the first block that failed, and the first line of why."""
    found: dict[str, tuple[int, str]] = {}
    for block in (record or {}).get("blocks", ()):
        if block["outcome"] in RED and block["page"] not in found:
            reason = (block["reason"].strip().splitlines() or [""])[0].replace("`", "'")
            found[block["page"]] = block["line"], reason or block["outcome"]
    return found


def report(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """Markdown: which pages the move broke, which were broken before, how many there are."""
    old, new = broken(before), broken(after)
    lines = [f"PyPI as of {_newest(after)['world']}: {len(after['pages'])} pages, {len(new)} broken."]
    for title, pages in (
        ("Broken by the move", [page for page in new if page not in old]),
        ("Broken before, too", [page for page in new if page in old]),
    ):
        if pages:
            lines += ["", f"{title}:", "", *(f"- {new[page]}" for page in pages)]
    return "\n".join(lines)


def moved(before: Mapping[str, Any] | None, after: Mapping[str, Any], moves: list[dict[str, Any]]) -> bool:
    """Add to ``moves``, what the site tells of earlier ones, what this one was; False where there is nothing to tell.

    Another run at the same day adds to its entry.
    """
    new, old = (_newest(record) for record in (after, before or {}))
    tools = {
        tool: [old["tools"].get(tool, ""), version]
        for tool, version in sorted(new["tools"].items())
        if old and old["tools"].get(tool) != version
    }
    known = _failures(before)
    found = {page: reason for page, (_, reason) in _failures(after).items() if page not in known}
    again = bool(moves) and moves[-1]["day"] == new["world"]
    if again and not tools and found.keys() <= moves[-1]["broken"].keys():
        return False
    if not again:
        moves.append({"day": new["world"], "tools": {}, "broken": {}})
    last = moves[-1]
    last |= {"moved": new["made"][:10], "pages": len(after["pages"])}
    last["tools"] |= {tool: [last["tools"].get(tool, versions)[0], versions[1]] for tool, versions in tools.items()}
    last["broken"] = found | last["broken"]
    return True


def _newest(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return max(record.get("runs", {}).values(), key=lambda run: run["made"], default={})


def main() -> int:
    """Run every page, write what broke to .work/broken.md and print it; status 1 where a page broke or none ran."""
    project = Project(ROOT)
    record, result = project.work / "record.json", project.work / "broken.md"
    started = record.stat().st_mtime_ns if record.exists() else 0
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={project.work / 'pytest'}", "docs", "--guide-all"]
    status = subprocess.run(command, cwd=project.root, stdin=subprocess.DEVNULL).returncode
    after = read_json(record)
    if not isinstance(after, dict) or record.stat().st_mtime_ns == started:
        result.write_text("The pages did not run to their end; the log says why.\n", encoding="utf-8")
        print("make world: the pages did not run to their end; expected a new record", file=sys.stderr)
        return 1
    before = read_json(project.work / "record-before.json")
    text = report(before, after)
    moves = json.loads((project.root / MOVES).read_text(encoding="utf-8"))
    if moved(before, after, moves):
        once.write(project.root / MOVES, (json.dumps(moves, indent=1, ensure_ascii=False) + "\n").encode())
    if status and not broken(after):
        text += "\n\nThe run was red all the same; the end of its log says why."
    result.write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}")
    return 1 if status or broken(after) else 0


if __name__ == "__main__":
    sys.exit(main())
