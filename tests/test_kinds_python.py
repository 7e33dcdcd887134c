"""A python block runs as a program of its own, and every print shows what it printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.kinds.pycode.program import Program
from python_block import block, check, judged

GOOD = {
    "one print": "print(1 + 1)\n#> 2\n",
    "separators and kinds": 'print("a", 1, None, sep="-")\n#> a-1-None\n',
    "nothing to see": "print()\n#>\n",
    "an empty text": 'print("")\n#>\n',
    "two in a loop": "for n in range(2):\n    print(n)\n    #> 0\n    #> 1\n    print(-n)\n    #> 0\n    #> -1\n",
    "a function twice": "def f(n):\n    print(n)\n    #> 1\n    #> 2\n\n\nf(1)\nf(2)\n",
    "over several lines": 'print(\n    "a",\n    "b",\n)\n#> a b\n',
    "with a closing bracket inside": "print([\n    1,\n    2])\n#> [1, 2]\n",
    "in match": "match 1:\n    case 1:\n        print(1)\n        #> 1\n",
    "in finally": "try:\n    pass\nfinally:\n    print(1)\n    #> 1\n",
    "in else of a loop": "for _ in ():\n    pass\nelse:\n    print(1)\n    #> 1\n",
    "by exec": "exec('print(1)')\n#> 1\n",
    "as an assignment": "x = [print(n) for n in range(2)]\n#> 0\n#> 1\nprint(x)\n#> [None, None]\n",
    "sets in order": "print({'b', 'a'}, frozenset({2, 1}), set())\n#> {'a', 'b'} frozenset({1, 2}) set()\n",
    "addresses the same": "print(object())\n#> <object object at 0x0123456789ab>\n",
    "several lines": 'print("a\\nb")\n"""\na\nb\n"""\n',
    "a long line": f'print("x" * 100)\n"""\n{"x" * 100}\n"""\n',
    "a main guard": 'if __name__ == "__main__":\n    print(__name__)\n    #> __main__\n',
    "a thread": "import threading\n\nt = threading.Thread(target=lambda: print(1))\n#> 1\nt.start()\nt.join()\n",
    "at exit": "import atexit\n\natexit.register(lambda: print(1))\n#> 1\n",
    "exit with zero": "import sys\n\nprint(1)\n#> 1\nsys.exit(0)\n",
    "redirected on purpose": "import contextlib\nimport io\n\nwith contextlib.redirect_stdout(io.StringIO()) as s:\n"
    "    print(1)\nprint(repr(s.getvalue()))\n#> '1\\n'\n",
    "its own dataclass": "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    n: int\n\n\n"
    "print(A(1))\n#> A(n=1)\n",
    "a docstring": '"""\nA program.\n"""\nprint(1)\n#> 1\n',
    "a future import": "from __future__ import annotations\n\nprint(__file__.endswith('block.py'))\n#> True\n",
    "its own source": "import inspect\n\n\ndef f():\n    return 1\n\n\n"
    "print(inspect.getsource(f).count('return'))\n#> 1\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_a_block_that_shows_what_it_prints_is_right(text: str) -> None:
    checked = check(text)
    assert (checked.errors, checked.text) == ([], None)


WITHOUT = [name for name in GOOD if name not in ("a docstring", "several lines", "a long line")]


@pytest.mark.parametrize("name", WITHOUT)
def test_an_update_writes_missing_output_where_it_belongs(name: str) -> None:
    text = "".join(line + "\n" for line in GOOD[name].splitlines() if not line.lstrip().startswith("#>"))
    checked = check(text)
    assert checked.text == GOOD[name]
    assert len(checked.errors) == 1 and "make update PAGE=docs/page.md" in checked.errors[0]


@pytest.mark.parametrize("name", WITHOUT)
def test_an_update_replaces_output_that_is_wrong(name: str) -> None:
    checked = check(GOOD[name].replace("#>", "#> wrong"))
    assert checked.text == GOOD[name] and checked.errors


def test_an_update_changes_between_short_and_long_output() -> None:
    long, short = GOOD["several lines"], 'print("a\\nb")\n#> a\n#> b\n'
    assert check(short).text == long
    assert check(long.replace("a\\nb", "ab")).text == 'print("ab")\n#> ab\n'


def test_a_difference_shows_both_and_names_the_page() -> None:
    (error,) = check("x = 1\nprint(x)\n#> 2\n").errors
    assert error.startswith("docs/page.md:12: the program printed something else")
    assert "-#> 2" in error and "+#> 1" in error


def test_an_included_block_is_not_offered_an_update() -> None:
    program = Program(block("print(1)\n", included=True))
    assert "make update" not in judged(program).errors[0]


UNREACHED = {
    "after a function that prints nothing": ("len('a')\n#> 1\n", 2),
    "in a branch not taken": ("import os\n\nif not os.name:\n    print(1)\n    #> 1\n", 5),
    "after a write": ("import sys\n\nsys.stdout.write('')\n#> 1\n", 4),
    "before any print": ("#> 1\nprint(2)\n#> 2\n", 1),
    "after a blank line": ("print(2)\n#> 2\n\n#> 1\n", 4),
    "beside a print": ("print(2)  #> 2\n#> 2\n", 1),
    "in a function never called": ("def f():\n    print(1)\n    #> 1\n", 3),
    "as a long text": ('len("a")\n"""\n1\n"""\n', 2),
}


@pytest.mark.parametrize(("text", "line"), UNREACHED.values(), ids=UNREACHED)
def test_shown_output_that_no_print_reached_is_an_error(text: str, line: int) -> None:
    found = [error for error in check(text).errors if "no print above it ran" in error]
    assert [error.split(": ")[0] for error in found] == [f"docs/page.md:{12 + line}"]


@pytest.mark.parametrize(
    "text",
    [
        "import sys\n\nsys.stdout.write('secret\\n')\n",
        "import sys\n\nprint('secret', file=sys.stderr)\n",
        "import subprocess\nimport sys\n\nsubprocess.run([sys.executable, '-c', 'print(\"secret\")'])\n",
        "import os\n\nos.write(1, b'secret')\n",
        "import warnings\n\nwarnings.warn('secret', stacklevel=1)\n",
        "import threading\n\nthreading.Thread(target=print, args=('secret',)).start()\n",
        "import multiprocessing\n\np = multiprocessing.get_context('fork').Process(target=print, args=('secret',))\n"
        "p.start()\np.join()\n",
    ],
)
def test_output_that_is_under_no_print_is_an_error(text: str) -> None:
    errors = check(text).errors
    assert any("output that is under no print" in error and "secret" in error for error in errors)


def test_a_print_that_does_not_end_its_line_is_an_error() -> None:
    assert "docs/page.md:13: a print whose end is no newline" in check("print(1, end='')\n#> 1\n").errors[0]


def test_a_print_without_a_place_below_it_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("class Loud:\n    __enter__ = print\n    def __exit__(self, *_): pass\n")
    (error,) = check("import helper\n\nwith helper.Loud():\n    pass\n", folder=tmp_path).errors
    assert error.startswith("docs/page.md:15: a print from a line that has no place")


def test_output_that_would_change_the_program_is_an_error_and_never_written() -> None:
    text = 'print(\'"""\\nimport os\\n"""\')\n'
    checked = check(text)
    assert checked.text is None and "no '#>' or string below its print can show" in checked.errors[0]


def test_modules_in_the_current_folder_are_found_and_their_prints_shown(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def main():\n    print('from app')\n")
    assert check("import app\n\napp.main()\n#> from app\n", folder=tmp_path).errors == []


def test_blocks_share_no_variables() -> None:
    assert check("x = 1\n").errors == []
    assert "NameError" in check("print(x)  # noqa: F821\n").errors[0]


@pytest.mark.parametrize(
    ("text", "raises"),
    [
        ("print(1)\n#> 1\n1 / 0\n", "ZeroDivisionError"),
        ("import json\n\njson.loads('{')\n", "JSONDecodeError"),
        ("import json\n\njson.loads('{')\n", "json.decoder.JSONDecodeError"),
        ("print(unknown)\n", "NameError"),
        ("import sys\n\nsys.exit('no')\n", "SystemExit"),
        ("print(1\n", "SyntaxError"),
        ("if True:\nprint(1)\n", "IndentationError"),
        ("class Bad(Exception):\n    pass\n\n\nraise Bad('x')\n", "Bad"),
    ],
)
def test_a_block_may_have_to_end_with_an_exception(text: str, raises: str) -> None:
    assert check(text, raises=raises).errors == []


def test_an_exception_names_the_pages_line_and_shows_the_traceback() -> None:
    (error,) = check("def f():\n    raise ValueError('bad')\n\n\nf()\n").errors
    assert error.startswith("docs/page.md:14: the program ended with ValueError; expected no exception")
    assert "the block, line 17, in <module>" in error and "ValueError: bad" in error and "child.py" not in error


@pytest.mark.parametrize(
    ("text", "raises", "part"),
    [
        ("1 / 0\n", "ValueError", "ended with ZeroDivisionError; expected ValueError"),
        ("print(1)\n#> 1\n", "ValueError", "without an exception; expected ValueError"),
        ("raise SystemExit(3)\n", "", "ended with SystemExit"),
        ("print(1\n", "", "docs/page.md:13: the program ended with SyntaxError"),
        ("class A(Exception):\n    def __str__(self):\n        raise ValueError\n\n\nraise A\n", "", "ended with A"),
        ("def f():\n    f()\n\n\nf()\n", "", "ended with RecursionError"),
        ("raise KeyboardInterrupt\n", "", "ended with KeyboardInterrupt"),
        ("input('name? ')\n", "", "ended with EOFError"),
        ("print(1, wrong=2)\n", "", "ended with TypeError"),
        ("print('\\ud800')\n", "", "ended with UnicodeEncodeError"),
    ],
)
def test_another_end_than_the_expected_is_an_error(text: str, raises: str, part: str) -> None:
    attributes = {"raises": raises} if raises else {}
    errors = check(text, **attributes).errors
    assert len(errors) == 1 and part in errors[0]


def test_prints_before_the_expected_exception_are_checked() -> None:
    assert check("print(1)\n#> 2\n1 / 0\n", raises="ZeroDivisionError").errors
    assert check("1 / 0\nprint(1)\n#> 1\n", raises="ZeroDivisionError").errors
    assert check("print(1\n#> 1\n", raises="SyntaxError").errors


@pytest.mark.parametrize(
    "message", ["", "{", "[]", "null", '{"python": 3}', '{"statements": [1], "cut": 0}', "x" * 1000]
)
def test_a_program_that_ends_without_its_report_is_an_error(message: str) -> None:
    (error,) = Program(block("pass\n")).check(message, "Segmentation fault\n", bool).errors
    assert "docs/page.md:12: the program ended without a report" in error and "Segmentation fault" in error


def test_leaving_by_os_exit_is_an_error() -> None:
    assert "without a report" in check("import os\n\nos._exit(0)\n").errors[0]


def test_more_output_than_is_kept_is_an_error() -> None:
    errors = check("for n in range(5000):\n    print(n)\n").errors
    assert any("more output than a reader would read" in error for error in errors)


def test_a_program_cannot_hold_the_harness_by_a_background_process() -> None:
    text = "import subprocess\n\nsubprocess.Popen(['sleep', '2'], stdout=-3, stderr=-3, close_fds=False)\n"
    assert check(text).errors == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("import os\n", "13:8: lint found F401"),
        ("x = 1\n\n\ndef f():\n    return y\n", "17:12: lint found F821"),
        ("def f(a=[]):\n    return a\n", "B006"),
        ("1 == 1\n", "B015"),
    ],
)
def test_lint_finds_mistakes_at_the_pages_lines(text: str, part: str) -> None:
    (error,) = check(text).errors
    assert error.startswith("docs/page.md:") and part in error


def test_lint_leaves_layout_and_import_order_to_the_page() -> None:
    text = "import sys\nimport os\nx = {'a':1}\nprint(x, os.sep, sys.maxsize > 1)\n#> {'a': 1} / True\n"
    assert check(text).errors == []


def test_a_print_with_an_end_of_its_own_is_offered_no_update() -> None:
    checked = check("print('a', end='')\nprint('b')\n")
    assert checked.text is None
    assert len(checked.errors) == 1 and "make update" not in checked.errors[0]


def test_an_update_that_would_change_the_program_is_refused() -> None:
    checked = check("if True: print('a' * 90)\nelse: print('b')\n")
    assert checked.text is None
    assert "output that no '#>' or string below its print can show" in checked.errors[0]
