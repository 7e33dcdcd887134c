"""The command line: it reads arguments, prints, and sets the exit status."""

import io
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from .sums import Sums, differences, read, sums_of, written

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
        text = written(sums_without(sys.stdout, folder)).encode()
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="FOLDER") from None
    click.echo(text, nl=False)


@main.command()
@folder_argument
@click.argument("sums", type=click.File(encoding="utf-8"))
@click.pass_context
def check(context: click.Context, folder: Path, sums: TextIO) -> None:
    """Compare FOLDER with the file SUMS (- for standard input).

    The exit status is 0 where nothing differs, 1 where something does, and 2 where FOLDER or SUMS can't be read.
    """
    try:
        old = read(sums.read())
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="SUMS") from None
    try:
        new = sums_without(sums, folder)
    except OSError as error:
        raise click.BadParameter(str(error), param_hint="FOLDER") from None
    found = differences(old, new)
    for difference in found:
        click.echo(click.format_filename(difference))
    context.exit(1 if found else 0)


def sums_without(stream: TextIO, folder: Path) -> Sums:
    """The sums of ``folder`` without the file of ``stream``: a file that holds the sums can't hold its own."""
    try:
        status = os.fstat(stream.fileno())
    except io.UnsupportedOperation:  # CliRunner's streams have no file
        return sums_of(folder)
    return sums_of(folder, leave_out=status)
