"""The command ``tally-report``."""

from typing import TextIO

import click

from tally_words import words


@click.command()
@click.version_option(package_name="tally-report")
@click.option("--top", default=5, show_default=True, type=click.IntRange(min=1), help="How many words.")
@click.argument("file", type=click.File(encoding="utf-8"))
def main(top: int, file: TextIO) -> None:
    """Print the most frequent words of FILE (- for standard input)."""
    for word, count in sorted(words(file.read()).items(), key=lambda item: (-item[1], item[0]))[:top]:
        click.echo(f"{count:6} {word}")
