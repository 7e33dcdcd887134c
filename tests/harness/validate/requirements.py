"""Requirements and constraints files: what pip would refuse, found without running it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement

from harness.validate.family import Family

# pip's manual, "Requirements File Format"; a test holds the three equal to pip's own
VALUED = {
    "-i",
    "--index-url",
    "--pypi-url",
    "--extra-index-url",
    "-c",
    "--constraint",
    "-r",
    "--requirement",
    "-e",
    "--editable",
    "-f",
    "--find-links",
    "--no-binary",
    "--only-binary",
    "--trusted-host",
    "--use-feature",
    "--all-releases",
    "--only-final",
}
FLAGS = {"--no-index", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--pre"}
PER_REQUIREMENT = {"--hash", "--config-settings", "-C"}
DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
UNNAMED = re.compile(
    r"""\.{1,2}(?:[/\[\s;]|$) | ~?/ | file: | [a-z][a-z0-9+.-]*://      # here, there, a URL
                         | [^\s;@]*(?:/ | \.(?:whl|zip|tar\.gz|tgz|tar\.bz2)(?:[\[\s;]|$))  # a path, an archive
                     """,
    re.VERBOSE,
)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Requirement lines with continuations joined and comments gone, each with the number of its first line."""
    start, joined = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            joined += line[:-1]
            continue
        # as in pip, a comment line ends a continuation
        line = re.sub(r"(^|\s+)#.*$", "", joined + " " * comment + line).strip()
        if line:
            yield start, line
        start, joined = 0, ""
    if joined.strip():
        yield start, joined.strip()


def options(tokens: list[str], valued: set[str], flags: set[str]) -> tuple[list[tuple[str, str]], str]:
    """The (name, value) pairs of an option line, and what is wrong with it ("" where nothing is)."""
    found: list[tuple[str, str]] = []
    rest = list(tokens)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name[:2] in valued and len(name) > 2 and not name.startswith("--"):
            name, equals, value = name[:2], "=", name[2:] + equals + value
        if name not in valued | flags:
            return found, f"{name!r} isn't an option that pip knows in this place"
        if name in valued and not equals:
            value = rest.pop(0) if rest and not rest[0].startswith("--") else ""
        if (name in valued) != bool(value):
            return found, f"{name} {'without a value' if name in valued else 'takes no value'}"
        found.append((name, value))
    return found, ""


def options_of(line: str, valued: set[str], flags: set[str]) -> tuple[list[tuple[str, str]], str]:
    """The options of ``line`` as (name, value) pairs, and what is wrong with them ("" where nothing is)."""
    try:
        return options(shlex.split(line), valued, flags)
    except ValueError as error:
        return [], f"{str(error).lower()}: {line!r}"


def requirements(text: str, constraints: bool = False) -> list[str]:
    """Errors, as ``line N: …``, of a requirements or, with ``constraints``, a constraints file.

    Sources: pip's manual, "Requirements File Format" and "Secure installs"; PEP 440 and PEP 508 through ``packaging``.
    """
    errors: list[str] = []
    unhashed: list[int] = []
    hashed, constrained = 0, False
    for number, line in logical_lines(text):
        line = re.sub(r"\$\{[A-Z0-9_]+\}", "variable", line)
        # the first word that begins with a dash ends the requirement
        requirement, _, tail = re.sub(r"(^|\s)(-\S)", "\0\\2", line, count=1).partition("\0")
        if not requirement:
            found, wrong = options_of(tail, VALUED, FLAGS)
            names = {name for name, _ in found}
            constrained = constrained or bool(names & {"-c", "--constraint"})
            editables = [value for name, value in found if name in ("-e", "--editable")]
            if constraints and editables:
                wrong = "an editable requirement can't be a constraint"
            wrong = wrong or next(filter(None, map(editable, editables)), "")
        else:
            found, wrong = options_of(tail, PER_REQUIREMENT, set())
            hashes = [value for name, value in found if name == "--hash"]
            if hashes:
                hashed = hashed or number
            else:
                unhashed.append(number)
            faults = [wrong, *map(digest, hashes), named(requirement, constraints, bool(hashes))]
            wrong = next(filter(None, faults), "")
        errors += [f"line {number}: {wrong}"] if wrong else []
    if hashed and not constrained:
        errors += [
            f"line {number}: no --hash, but line {hashed} has one: pip then wants one for every requirement"
            for number in unhashed
        ]
    return errors


def named(requirement: str, constraints: bool, hashed: bool) -> str:
    """What is wrong with a requirement without its options, "" where nothing is."""
    if UNNAMED.match(requirement):
        return f"{requirement!r} names no package, as a constraint has to" if constraints else ""
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement as error:
        return str(error).splitlines()[0] + f": {requirement!r}"
    if constraints and parsed.extras:
        return f"{requirement!r}: a constraint can't have extras"
    pins = [one for one in parsed.specifier if one.operator in ("==", "===") and "*" not in one.version]
    return (
        f"{requirement!r}: a hash without '==', and pip takes one for an exact version only"
        if hashed and not pins and not parsed.url
        else ""
    )


def editable(value: str) -> str:
    """What is wrong with the value of ``-e``, "" where nothing is: it is a folder, or a repository with a name."""
    if re.match(r"[\w.-]+(\[.*\])?\s*@\s*\S", value) or value.startswith("file:"):
        return ""
    if re.match(r"(git|hg|svn|bzr)\+[\w+]+:", value):
        named = re.search(r"#(.*&)?egg=\S", value)
        return "" if named else f"-e {value}: which package it is isn't said; expected name @ {value}"
    if re.match(r"\.{1,2}(/|\[|$)|~|/|[^/:]+/|variable", value):
        return ""
    return f"-e {value}: neither a folder nor a repository; expected ./{value} for a folder"


def digest(value: str) -> str:
    """What is wrong with the value of ``--hash``, "" where nothing is."""
    name, _, digits = value.partition(":")
    if name not in DIGESTS:
        return f"--hash={value}: pip takes {', '.join(DIGESTS)}"
    if not re.fullmatch(rf"[0-9a-f]{{{DIGESTS[name]}}}", digits):
        return f"--hash={value}: a {name} digest has {DIGESTS[name]} hexadecimal digits"
    return ""


CONSTRAINTS = Family(r"(.*/)?[\w.-]*constraints?[\w.-]*\.(txt|in)", lambda text: requirements(text, constraints=True))
REQUIREMENTS = Family(
    r"(.*/)?([\w.-]*requirements?[\w.-]*\.(txt|in)|requirements/[\w.-]+\.(txt|in))", requirements, "requirements"
)
