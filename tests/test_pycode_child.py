"""child.py gives the same report on every Python that pages can name, and on 3.8."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from harness.kinds.pycode.program import Program
from python_block import block, check, run


def pythons() -> dict[str, str]:
    found = {"{}.{}".format(*sys.version_info[:2]): sys.executable}
    for minor in range(8, 16):
        installed = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}"))
        path = str(installed[-1]) if installed else shutil.which(f"python3.{minor}")
        if path and "shims" not in path:
            found.setdefault(f"3.{minor}", path)
    return found


PYTHONS = pythons()
TEXT = '''\
from __future__ import annotations

import asyncio


def shout(*words):
    print(
        *words,
        sep="! ",
    )
    #> a! b
    #> c


shout("a", "b")


async def main():
    await asyncio.sleep(0)
    print([
        1,
        2,
    ])
    #> [1, 2]


asyncio.run(main())
shout("c")
try:
    print("x" * 90, {3, 1, 2})
    """
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    {1, 2, 3}
    """
finally:
    print(None)
    #> None
raise LookupError("end")
'''


@pytest.mark.parametrize("minor", PYTHONS)
def test_a_program_has_the_same_report_on_every_python(minor: str) -> None:
    program = Program(block(TEXT, raises="LookupError"))
    message, output, status = run(program, PYTHONS[minor])
    assert (output, status) == ("", 1)
    report = json.loads(message)
    assert report["python"].startswith(minor + ".")
    lines = TEXT.split("\n")
    assert report["error"]["line"] == 12 + lines.index('raise LookupError("end")') + 1
    assert (program.check(message).errors, program.check(message).text) == ([], None)


@pytest.mark.skipif("3.9" not in PYTHONS, reason="no Python 3.9 on this machine")
def test_syntax_that_the_pages_python_lacks_is_an_error_there() -> None:
    text = "match 1:\n    case 1:\n        print(1)\n        #> 1\n"
    assert "ended with SyntaxError" in check(text, PYTHONS["3.9"]).errors[0]
    assert check(text.replace("        #> 1\n", ""), PYTHONS["3.9"], raises="SyntaxError").errors == []


def test_the_program_sees_a_plain_main_module_and_no_trace_of_the_child() -> None:
    text = (
        "import sys\n\nprint(sys.argv == [__file__], __name__, __spec__, __doc__)\n#> True __main__ None None\n"
        "print(sys.modules['__main__'].__dict__ is globals())\n#> True\n"
        "print(sorted(name for name in globals() if not name.startswith('__')))\n#> ['sys']\n"
    )
    assert check(text).errors == []


def test_classes_of_the_program_can_be_pickled_at_its_very_end() -> None:
    text = (
        "import atexit\nimport pickle\n\n\nclass A:\n    pass\n\n\n"
        "atexit.register(lambda: print(type(pickle.loads(pickle.dumps(A()))).__name__))\n#> A\n"
    )
    assert check(text).errors == []
