"""The command line: it reads arguments, prints, and sets the exit status."""

from pathlib import Path
from typing import TextIO

import click

from .sums import differences, read, sums_of, written

folder_argument = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group()
@click.version_option(package_name="folder-sums")
def main() -> None:
    """Write down the SHA-256 sums of a folder's files, and check them later."""


@main.command()
@folder_argument
def write(folder: Path) -> None:
    """Print the sums of all files below FOLDER."""
    try:
        text = written(sums_of(folder))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(text, nl=False)


@main.command()
@folder_argument
@click.argument("sums", type=click.File(encoding="utf-8"))
@click.pass_context
def check(context: click.Context, folder: Path, sums: TextIO) -> None:
    """Compare FOLDER with the file SUMS (- for standard input).

    The exit status is 0 where nothing differs, 1 where something does, and 2 where SUMS can't be read.
    """
    try:
        old = read(sums.read())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SUMS") from None
    found = differences(old, sums_of(folder))
    for difference in found:
        click.echo(difference)
    context.exit(1 if found else 0)
