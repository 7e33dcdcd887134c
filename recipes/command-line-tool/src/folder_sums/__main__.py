"""``python -m folder_sums`` is the command ``folder-sums``."""

from .command import main

main(prog_name="folder-sums")
