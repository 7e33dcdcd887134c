"""The harness: replays every page of the guide, top to bottom, in a fresh sandbox.

Folders by noun, imports in one direction; a test holds this map against the imports (tests/test_map.py):

problem, project    what everyone knows: a mistake in four parts; the checkout and its one date
once                what happens once and wholly: a file in one step, a folder by one process
machine             what this machine has: Pythons, tools, pip's configuration, container engines, needs of pages
page                text -> blocks -> scenarios; what became of a block; rewriting
compare             shown against real: console output, listings, diffs, what may differ
validate            is a file what it claims to be, by its path
sandbox             one scenario's machine: isolation, shell, environment, the copy of a recipe
kinds               what each kind of block does
world               what a sandbox's network holds: a process of its own
run                 scenarios side by side, proofs, the record; ``plugin/`` alone knows pytest
verbs               what the Makefile calls beside pytest
"""

import sys
from pathlib import Path

# the one module that the site and the harness share, proof.contract; the site's folder has to work without this one
sys.path.append(str(Path(__file__).resolve().parents[2] / "overrides" / "hooks"))
