"""What a page may need of its machine beyond tools and its own Python: a thing that is there or isn't, and may give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from harness.problem import Problem

Target = int | str  # where a port leads: a port of the machine's own loopback, or the path of a unix socket there


@dataclass(frozen=True)
class Gift:
    """What a need gives one sandbox.

    ``mounts`` are (path of the machine, path inside), shown read-only; ``variables`` join the page's environment and
    name paths as they are inside; ``ports`` are those at which the page's ``localhost`` answers, with their targets;
    ``programs`` are folders inside, for the page's PATH, behind the harness' tools; ``home`` is text for files of the
    page's home (``.docker/config.json``).
    At level plain nothing can be mounted: there a variable that names a path inside gets the machine's instead.
    """

    mounts: tuple[tuple[Path, str], ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[int, Target] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    home: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Room:
    """What a need is given for one sandbox.

    ``folder`` is its own, empty, removed afterwards; ``publish(port, target)`` lets the page's ``localhost`` answer at
    one more port, at once where the page runs already, and raises Problem where that port is taken.
    """

    folder: Path
    publish: Callable[[int, Target], None]


@dataclass(frozen=True)
class Inside:
    """A sandbox that has started, for a need that starts something in its network.

    ``process`` is a process of that network (its number as the machine knows it); ``certificate`` is the bundle with
    the world's authority, ``etc`` the folder that is the sandbox's /etc; ``way`` is the command that leads whatever
    asks at one more address of that network to the world, up to that address, which is its last argument.
    """

    process: int
    certificate: Path
    etc: Path
    way: tuple[str, ...]


class Need:
    """One need; ``words`` are what a reader reads after "needs" where this machine lacks it.

    ``own_network`` says that it is of use only to sandboxes that have one (not at level plain).
    """

    words: str
    own_network = False

    def available(self) -> bool:
        """Whether this machine has it."""
        raise NotImplementedError

    def facts(self) -> dict[str, str]:
        """What it is here, for the record ("Docker" -> "28.1.1"); a proof holds for exactly these."""
        return {}

    def provide(self, room: Room) -> AbstractContextManager[Gift]:
        """What it gives the sandbox for which ``room`` is, until the context ends, which takes it away.

        The context is entered in a process of its own, which outlives this one for as long as that takes: what a
        need starts is taken away also where the run is killed. So a need must be fit for :mod:`pickle`.
        """
        return nullcontext(Gift())

    def join(self, room: Room, inside: Inside) -> AbstractContextManager[None]:
        """What it does once the sandbox has started and before its page begins, in the process that provides.

        It is taken away before what :meth:`provide` gave.
        """
        return nullcontext()


def together(gifts: Iterable[tuple[str, Gift]]) -> Gift:
    """All that several needs, by name, give one sandbox; raises Problem where two give the same thing."""
    mounts: dict[str, Path] = {}
    variables: dict[str, str] = {}
    ports: dict[int, Target] = {}
    home: dict[str, str] = {}
    programs: list[str] = []
    for name, gift in gifts:
        programs += gift.programs
        inside = {target: source for source, target in gift.mounts}
        for had, given in ((mounts, inside), (variables, gift.variables), (ports, gift.ports), (home, gift.home)):
            if twice := had.keys() & given.keys():
                found = ", ".join(sorted(map(str, twice)))
                raise Problem(f"needs: {name}", f"{found}, which another need of the page gives", "each from one need")
            had.update(given)  # type: ignore[arg-type]
    pairs = tuple((source, target) for target, source in mounts.items())
    return Gift(pairs, variables, ports, tuple(programs), home)
