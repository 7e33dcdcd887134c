"""The comparison of speeds: a picture and tables for each project, made from what ``make compare`` measured."""

from __future__ import annotations

from html import escape
from typing import Any

from .book import Book, day
from .contract import SECONDS
from .panels import picture
from .table import Link, table
from .timing import LINES, Measured, Over, data, none, plain, short, times

NOTHING = "<p>Nothing has been measured yet.</p>"
BUSY = 3.0  # a load above this is more than one tool makes by itself


def speed(book: Book, link: Link, project: str) -> str:
    """The picture and the tables of one project, or a sentence where nothing was measured of it yet."""
    found = data(book)
    if not found or project not in found["results"]:
        return NOTHING
    there = {name: found["results"][project][name] for name in LINES if name in found["results"][project]}
    lines = {name: Over(over["rounds"], over["seconds"], over["failed"]) for name, over in there.items()}
    measured = Measured(found["tools"], lines, next(iter(there.values()))["left out"])
    tables = "".join(
        f"<details><summary>The numbers over {LINES[name]}</summary>{_table(measured, over)}</details>"
        for name, over in lines.items()
    )
    return f"{_legend(measured)}{picture(measured)}{_words(measured)}{tables}"


def _legend(measured: Measured) -> str:
    rounds = " and ".join(
        f"{over.rounds} round{'s' if over.rounds > 1 else ''} over {LINES[name]} "
        f'<svg class="key" viewBox="0 0 12 12" aria-hidden="true"><circle class="{name}" cx="6" cy="6" r="4"/></svg>'
        for name, over in measured.lines.items()
    )
    if all(over.rounds == 1 for over in measured.lines.values()):
        return f"<p>Seconds on a logarithmic scale: the dot is {rounds}. One round has no spread to show.</p>"
    return (
        f"<p>Seconds on a logarithmic scale: the dot is the median of {rounds}, "
        "the bar behind it the middle half of the rounds.</p>"
    )


def _words(measured: Measured) -> str:
    """Why a tool has no number, in its own words."""
    found: dict[tuple[str, str], list[str]] = {}
    for over in measured.lines.values():
        for tool, of in over.failed.items():
            for measure, text in of.items():
                names = found.setdefault((tool, text), [])
                names += [SECONDS[measure]] if SECONDS[measure] not in names else []
    rows = [f"{tool} fails ({'; '.join(names)}): “{text}”" for (tool, text), names in found.items()]
    rows += [f"{tool} isn’t timed here: {reason}." for tool, reason in measured.left_out.items()]
    return f"<ul>{''.join(f'<li>{escape(row)}</li>' for row in rows)}</ul>" if rows else ""


def _table(measured: Measured, over: Over) -> str:
    def cell(tool: str, measure: str) -> str:
        numbers = over.seconds.get(tool, {}).get(measure)
        if not numbers:
            return none(measured, tool, measure)
        low, high = numbers["quartiles"]
        ratio = numbers["median"] / max(over.fastest(measure), 0.001)
        return f"{short(numbers['median'])} <br><small>{plain(low)}–{plain(high)}; {times(ratio)}</small>"

    rows = [[escape(tool), *(cell(tool, name) for name in measured.measures)] for tool in measured.tools]
    return table(["Tool", *measured.measures.values()], rows)


def locks(book: Book, link: Link) -> str:
    """What the tools' locks hold: bytes, files and whether they are for other systems too; a row for each tool."""
    found = data(book)
    if not found:
        return NOTHING
    projects = [name for name, lines in found["results"].items() if any(_sizes(lines, tool) for tool in found["tools"])]
    rows = []
    for tool in found["tools"]:
        sizes = {name: _sizes(found["results"][name], tool) for name in projects}
        cells = [_size(of.get("lock-file")) for of in sizes.values()]
        first = next((of for of in sizes.values() if of), {})
        system = ("every system" if first["lock-file"][2] else "the one it ran on") if "lock-file" in first else ""
        compiled = ("yes" if first["bytecode"][0] else "no") if "bytecode" in first else ""
        rows.append([escape(tool), *cells, system, compiled])
    titles = [f"Lock of the project “{name}”" for name in projects]
    return table(["Tool", *titles, "The lock is for", "Compiles what it installs"], rows)


def _sizes(lines: dict[str, Any], tool: str) -> dict[str, list[int]]:
    """What a tool's blocks counted in a project, over whichever line it was measured first."""
    return next((over["sizes"][tool] for over in lines.values() if over["sizes"].get(tool)), {})


def _size(numbers: list[int] | None) -> str:
    return f"{numbers[0] / 1000:.0f} kB, {numbers[1]} files" if numbers else ""


def conditions(book: Book, link: Link) -> str:
    """With what, when and how often the numbers were made."""
    found = data(book)
    if not found:
        return NOTHING
    of = found["conditions"]
    tools = ", ".join(f"{tool} {version}" for tool, version in of["tools"].items())
    first, last = (day(made) for made in found["made"])
    days = f"on {first}" if first == last else f"from {first} to {last}"
    shape = of["lines"]["link"]
    moved = any(run.tools.get(tool) != version for run in book.runs[:1] for tool, version in of["tools"].items())
    older = " The pages run with other versions by now; <code>make compare</code> measures again." if moved else ""
    busy = (
        f" The machine did other work at the same time: its load was up to {found['load']:.1f}, so these numbers are "
        "too high, and their order may be wrong."
        if found["load"] > BUSY
        else ""
    )
    return (
        f"<p>Measured {days} on {escape(of['system'])}, {escape(of['processor'])}, with {escape(tools)} and PyPI as "
        f"of {day(of['world'])}. Python {escape(of['tools_python'])} ran the tools that are written in Python, and "
        f"Python {escape(of['python'])} is in the environments. The slow link has a round trip of "
        f"{shape['round_trip'] * 1000:.0f} ms and {shape['rate'] * 8 / 1e6:.0f} Mbit/s. In each round the tools ran in "
        f"another random order, made from the seed {found['seed']}.{busy} The numbers of every round: "
        f'<a href="{escape(link("assets/speed.json"))}">speed.json</a>.{older}</p>'
    )
