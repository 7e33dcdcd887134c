"""child.py gives the same report on every Python that pages can name, and on 3.8."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness.kinds.pycode.message import read
from harness.kinds.pycode.program import Program
from harness.machine.pythons import find_interpreters
from python_block import block, check, run


def pythons() -> dict[str, str]:
    """Those that the harness finds, oldest first; the one that runs this, and 3.8 where pyenv or PATH has it."""
    found = {minor: str(interpreter.executable) for minor, interpreter in find_interpreters().items()}
    found["{}.{}".format(*sys.version_info[:2])] = sys.executable
    oldest = sorted(map(str, Path.home().glob(".pyenv/versions/3.8.*/bin/python3.8"))) or [shutil.which("python3.8")]
    if oldest[-1] and "shims" not in oldest[-1]:
        found["3.8"] = oldest[-1]
    return dict(sorted(found.items(), key=lambda one: int(one[0].split(".")[1])))


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
    report = read(message)
    assert report["python"].startswith(minor + ".")
    lines = TEXT.split("\n")
    assert report["error"]["line"] == 12 + lines.index('raise LookupError("end")') + 1
    checked = program.check(message, output, bool)
    assert (checked.errors, checked.text) == ([], None)


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


SHADOWED = ("re", "json", "types", "typing", "traceback", "ast", "random", "dataclasses", "io2")


@pytest.mark.parametrize("minor", PYTHONS)
def test_a_module_beside_the_program_is_found_as_by_any_program(
    minor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)  # it would have imported its own before the program
    for name in SHADOWED:
        (tmp_path / f"{name}.py").write_text("own = True\n")
    imports = "".join(f"import {name}\n" for name in SHADOWED)
    found = ", ".join(f"{name}.own" for name in SHADOWED)
    text = f"{imports}\nprint(all([{found}]))\n#> True\n"
    assert check(text, PYTHONS[minor], tmp_path).errors == []

    (error,) = check("x = 1\nraise ValueError(x)\n", PYTHONS[minor], tmp_path).errors
    assert "docs/page.md:14: the program ended with ValueError" in error


@pytest.mark.parametrize("minor", PYTHONS)
def test_the_program_finds_the_modules_loaded_that_any_program_finds(minor: str, tmp_path: Path) -> None:
    text = "import sys\n\nprint(' '.join(sorted(sys.modules)))\n"
    (tmp_path / "a.py").write_text(text)
    plain = subprocess.run([PYTHONS[minor], str(tmp_path / "a.py")], capture_output=True, text=True, check=True).stdout
    message, _, _ = run(Program(block(text)), PYTHONS[minor], tmp_path)
    (found,) = read(message)["statements"]
    assert set(found["args"][0][0].split()) - set(plain.split()) <= {
        "_ast",
        "atexit",
    }  # in every interpreter, not files
    assert set(plain.split()) <= set(found["args"][0][0].split())


NEW = {
    "12": ["type Pair[T] = tuple[T, T]\nprint(Pair.__name__)\n#> Pair\n", 'd = {"a": 1}\nprint(f"{d["a"]}")\n#> 1\n'],
    "14": [
        "def f():\n    try:\n        pass\n    except ValueError, TypeError:\n        pass\n\n\nprint(f())\n#> None\n"
    ],
}


@pytest.mark.parametrize(("minor", "text"), [(minor, text) for minor, texts in NEW.items() for text in texts])
def test_syntax_newer_than_the_harness_is_judged_by_the_pages_python(minor: str, text: str) -> None:
    newer = [name for name in PYTHONS if int(name.split(".")[1]) >= int(minor)]
    if not newer:
        pytest.skip(f"no Python 3.{minor} or later on this machine")
    python = PYTHONS[newer[0]]
    assert check(text, python).errors == []
    wrong = check(text.replace("#> ", "#> x"), python)
    assert wrong.text == text
    long = check(text.splitlines()[0] + "\nprint('x' * 90, f'{1}')\n" if minor == "12" else text, python)
    assert minor != "12" or (long.text and '"""' in long.text)


def test_an_end_without_the_programs_end_is_no_missing_python(tmp_path: Path) -> None:
    message, output, status = run(Program(block("import os\n\nos._exit(0)\n")))
    assert (message, output, status) == (" ", "", 0)


def test_a_chain_of_exceptions_is_told_in_its_order() -> None:
    text = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('no') from error\n"
    (error,) = check(text).errors
    told = [line.strip() for line in error.splitlines()]
    assert told.index("ZeroDivisionError: division by zero") < told.index("ValueError: no")
    assert "the block, line 14, in <module>" in error and "1 / 0" in told
