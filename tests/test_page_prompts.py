"""Console blocks as people paste them: what is a command, and what is refused because a reader can't tell."""

from __future__ import annotations

import pytest
from harness.compare.transcript import compare
from harness.page.block import Block
from harness.page.prompts import Command, as_output, parse
from harness.problem import Problem


def console(text: str, **attributes: str) -> Block:
    names = {name.replace("_", "-"): value for name, value in attributes.items()}
    return Block("docs/x.md", 10, 10 + text.count("\n") + 1, 0, "console", text, names)


def refusal(text: str) -> str:
    with pytest.raises(Problem) as caught:
        parse(console(text))
    return str(caught.value)


def commands(text: str) -> list[Command]:
    return parse(console(text))


@pytest.mark.parametrize(
    ("prompt", "command"),
    [
        ("(.venv) $ ", "python app.py"),
        ("(.venv)$ ", "python app.py"),
        ("(app-py3.13) me@laptop:~/app$ ", "ls"),
        ("me@laptop:~/my app$ ", "ls"),
        ("me@laptop app % ", "ls"),
        ("root@laptop:/# ", "ls"),
        ("% ", "echo two"),
        ("# ", "echo three"),
        ("$", "ls"),
        ("> ", "ls"),
        ("PS C:\\Users\\me> ", "dir"),
        ("C:\\>", "dir"),
    ],
)
def test_a_block_that_begins_with_another_prompt_is_told_the_right_one(prompt: str, command: str) -> None:
    message = refusal(f"{prompt}{command}\noutput\n")

    assert message.startswith(f"docs/x.md:11: a console block that starts with {prompt + command!r}; expected")
    assert f"write '$ {command}'" in message


def test_a_command_that_ends_in_a_backslash_goes_on_behind_a_prompt() -> None:
    message = refusal("$ true\n$ printf '%s' one \\\n    two\n")
    assert message.startswith("docs/x.md:13: the line above ends with a backslash, and nothing goes on with it")
    assert "expected '> two' here" in message
    assert refusal("$ echo \\\n$ echo\n").startswith("docs/x.md:12: the line above ends with a backslash")
    assert [c.text for c in commands("$ echo \\\n> two\n$ echo '\\\\'\n$ echo \\\\\n\\\n")] == [
        "echo \\\ntwo",
        "echo '\\\\'",
        "echo \\\\",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("echo\u00a0hello", "no-break space"),
        ("pip install\u202f--quiet x", "narrow no-break space"),
        ("echo '\u200bx'", "zero width space"),
        ("\ufeffecho", "zero width no-break space"),
        ("rm \u202egpj.txt", "right-to-left override"),
        ("pip\u00ad install x", "soft hyphen"),
        ("echo a\u200db", "zero width joiner"),
        ("printf 'a\x1b[1m'", "U+001B".lower()),
        ("cat <<END\n> a\u00a0b\n> END", "no-break space"),
    ],
)
def test_a_character_in_a_command_that_nobody_sees_is_refused(text: str, name: str) -> None:
    message = refusal(f"$ {text}\n")
    assert message.startswith(f"docs/x.md:11: the command has an invisible {name} in ")


@pytest.mark.parametrize(
    "text", ["echo '👩\u200d💻 🏳️'", "echo می\u200cخواهم", "echo größer → 日本", "printf 'a\tb'", "echo '…—' --x"]
)
def test_letters_of_all_scripts_are_letters(text: str) -> None:
    assert [c.text for c in commands(f"$ {text}\n")] == [text]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pip install “httpx[cli]”", "left double quotation mark"),
        ("echo ‘a b’", "left single quotation mark"),
        ("pip install –quiet x", "en dash"),
        ("pip install —quiet x", "em dash"),
        ("FOO=“a b” env", "left double quotation mark"),
    ],
)
def test_a_quote_or_dash_of_a_text_program_is_refused_in_a_command(text: str, name: str) -> None:
    message = refusal(f"$ {text}\n")
    assert message.startswith("docs/x.md:11: the command has ") and f"({name}) outside quotes" in message


@pytest.mark.parametrize(
    "text",
    [
        "echo 'a “b” – c'",
        'git commit -m "It’s “done”"',
        "make # it’s “made” – now",
        "cat <<END\n> it’s “text” – here\n> END",
        "echo a–b",
        'echo "a\\"b “c”"',
    ],
)
def test_such_signs_in_quotes_comments_and_here_documents_are_text(text: str) -> None:
    assert len(commands(f"$ {text}\n")) == 1


def test_only_a_number_that_a_program_can_end_with_is_a_status() -> None:
    (command,) = commands("$ echo [404]\n[404]\n")
    assert (command.expected, command.status) == (["[404]"], 0)
    (command,) = commands("$ echo [1]\n[1]\n[0]\n")
    assert (command.expected, command.status, command.stated) == (["[1]"], 0, True)


def test_what_is_written_as_output_is_read_as_output() -> None:
    for printed in ("$ echo", "$", "> more", ">", "# text", "[1]", "text"):
        (command,) = commands(f"$ cat\n{as_output(printed, first=True)}\n[0]\n")
        assert compare(command.expected, [printed]).difference == ""
    assert as_output("> more", first=False) == "> more"
