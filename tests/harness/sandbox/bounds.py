"""How much a sandbox may have; the kernel refuses what is more, and the page sees its usual error.

These bind each process or each file system by itself, everywhere; :mod:`harness.sandbox.limits` binds all of a sandbox.
"""

from __future__ import annotations

HOME_BYTES = 6 * 2**30  # enough for a virtual environment with a scientific stack; a full one fails with ENOSPC
TEMPORARY_BYTES = 2 * 2**30
SHARED_BYTES = 2**28  # of /dev/shm
ROOT_BYTES = 2**24  # of the root itself, which holds mount points, and to which pages may not write
PROCESSES = 1024  # a test run with many workers needs some hundreds; a fork bomb ends here
DATA_BYTES = 4 * 2**30  # that one process may write to (RLIMIT_DATA): what is only reserved doesn't count
BOUNDS = ("prlimit", f"--nproc={PROCESSES}", f"--data={DATA_BYTES}", "--core=0")
