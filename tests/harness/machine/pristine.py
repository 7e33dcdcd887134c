"""A Python as its installer leaves it: only its own commands, and pip, whatever else this machine has put into it.

Without this, a page that runs ``pytest`` would pass here because somebody installed pytest into this machine's Python.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from harness import once
from harness.machine import pip_config
from harness.machine.pythons import Interpreter
from harness.problem import Problem

FORMAT = "1"  # to be raised when what this module makes changes

PIP = """#!{executable}
import sys

from pip._internal.cli.main import main

sys.exit(main())
"""


def pristine(interpreter: Interpreter, folder: Path) -> list[tuple[Path, str]]:
    """What a sandbox shows for ``interpreter`` at /opt/python/X.Y: (path of the machine, path inside), in this order.

    ``folder`` is where the clean ``bin`` and ``site-packages`` are made, once for each Python; raises Problem where
    the Python has no bundled pip.
    """
    inside = f"/opt/python/{interpreter.minor}"
    made = prepare(interpreter, folder)
    mounts = [(interpreter.prefix, inside), (made / "bin", f"{inside}/bin")]
    for packages in ("site-packages", "dist-packages"):
        for place in (f"lib/python{interpreter.minor}/{packages}", f"lib/python3/{packages}"):
            if (interpreter.prefix / place).is_dir():
                mounts.append((made / "site-packages", f"{inside}/{place}"))
    return mounts + [(library, str(library)) for library in interpreter.libraries]


def prepare(interpreter: Interpreter, folder: Path) -> Path:
    """The folder with the clean ``bin`` and ``site-packages`` of ``interpreter``, made if it isn't there yet."""
    stat = interpreter.executable.stat()
    about = "\0".join(map(str, (FORMAT, interpreter, stat.st_size, stat.st_mtime_ns)))
    made = folder / f"{interpreter.version}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
    once.make(made, lambda partial: _make(interpreter, partial))
    return made


def _make(interpreter: Interpreter, folder: Path) -> None:
    minor, commands = interpreter.minor, folder / "bin"
    commands.mkdir(parents=True)
    program = shutil.copy2(interpreter.executable, commands / f"python{minor}")
    for name in ("python3", "python"):
        (commands / name).symlink_to(Path(program).name)
    for name in ("pip", "pip3", f"pip{minor}"):
        (commands / name).write_text(PIP.format(executable=f"/opt/python/{minor}/bin/python{minor}"))
        (commands / name).chmod(0o755)
    wheels = [str(wheel) for place in _bundles(interpreter) for wheel in sorted(place.glob("*.whl"))]
    if not any(Path(wheel).name.startswith("pip-") for wheel in wheels):
        raise Problem(str(interpreter.executable), "no bundled pip", "a Python with a complete ensurepip")
    install = [pip_config.uv(), "pip", "install", "--quiet", "--no-index", "--no-deps", "--offline"]
    target = ["--python", str(interpreter.executable), "--target", str(folder / "site-packages")]
    env = pip_config.for_uv({}, os.environ, folder / "uv")
    command = [*install, "--compile-bytecode", "--no-cache", *target, *wheels]
    done = once.quiet(command, env)
    if done.returncode:
        raise Problem(
            str(interpreter.executable), f"its pip can't be unpacked ({done.stderr.strip()})", "a complete Python"
        )
    shutil.rmtree(folder / "site-packages" / "bin", ignore_errors=True)


def _bundles(interpreter: Interpreter) -> list[Path]:
    """Folders of ensurepip's wheels; Debian keeps them elsewhere."""
    own = interpreter.prefix / "lib" / f"python{interpreter.minor}" / "ensurepip" / "_bundled"
    return [own if own.is_dir() else interpreter.prefix / "share" / "python-wheels"]
