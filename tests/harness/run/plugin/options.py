"""The options that the Makefile passes on, and what they may be."""

from __future__ import annotations

import argparse
import re

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("guide", "the guide's pages")
    group.addoption(
        "--guide-page",
        type=_place,
        metavar="PAGE[:LINE]",
        help="run this page only, or its block at LINE and what that needs",
    )
    group.addoption("--guide-shard", default="", metavar="N/PARTS", help="run a share of the pages, such as 2/4")
    group.addoption("--guide-update", action="store_true", help="rewrite shown outputs from what ran")
    group.addoption("--guide-all", action="store_true", help="run pages whose proofs are still valid, too")
    group.addoption("--guide-offline", action="store_true", help="replay the recorded world without any network")
    group.addoption("--guide-jobs", type=_count, metavar="N", help="scenarios at a time (default: one more than cores)")
    group.addoption("--guide-first", default="", metavar="PAGES", help="pages to begin with, separated by spaces")


def _count(value: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,3}", value):
        raise argparse.ArgumentTypeError(f"{value!r}; expected a number of scenarios from 1 to 9999, such as JOBS=4")
    return int(value)


def _place(value: str) -> str:
    _, colon, line = value.partition(":")
    if colon and not re.fullmatch(r"0*[1-9]\d*", line):
        raise argparse.ArgumentTypeError(f"{value!r} has the line {line!r}; expected docs/….md or docs/….md:LINE")
    return value
