"""What an engine is started with. Standard library only, as all that root runs of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Plan:
    """``folder`` is the engine's own, short enough for sockets; ``owner`` is the user who may use its socket.

    ``programs`` is the PATH of its programs, ``runc`` the path of one; ``images`` is the kept data folder of another
    engine, or empty.
    ``network`` is a process of the page, in whose network the engine runs; 0 stands for the machine's own: there it
    makes no network at all, and its data stay in the folder, for the images.
    In a page's network ``way`` leads containers to the world at ``address``, ``certificate`` is the world's, and
    ``home`` is the page's folder that the engine sees at the same place, for bind mounts. Of the machine it sees the
    system's programs, ``etc`` as /etc, and the folders ``also``.
    ``disk`` and ``memory`` (bytes) and ``processes`` bound all of it; what is on the disk counts as memory as well.
    """

    folder: str
    programs: str
    runc: str
    images: str = ""
    owner: int = 0
    network: int = 0
    way: list[str] = field(default_factory=list)
    address: str = ""
    certificate: str = ""
    home: str = ""
    etc: str = ""
    also: list[str] = field(default_factory=list)
    disk: int = 4 * 2**30
    memory: int = 8 * 2**30
    processes: int = 2048

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, line: str) -> Plan:
        return cls(**json.loads(line))
