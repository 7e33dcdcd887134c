"""The verbs beside pytest: ``python -m harness VERB``; the Makefile's targets of the same names call them."""

from __future__ import annotations

import argparse
import random
import sys

from harness.problem import Problem
from harness.project import ROOT, Project
from harness.run import termination


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m harness", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    bench = commands.add_parser("bench", help="what the harness itself costs")
    mutants = commands.add_parser("mutants", help="break each block once and demand red")
    for one in (bench, mutants):
        one.add_argument("pages", nargs="*", metavar="PAGE")
    mutants.add_argument("--random", type=int, metavar="N", help="N random changes of shown lines instead")
    mutants.add_argument("--all", action="store_true", help="run those again that are known to be red")
    mutants.add_argument("--seed", type=int, metavar="SEED", help="that of an earlier run, to repeat it")
    compare = commands.add_parser("compare", help="measure what the tools need, for the comparison of speeds")
    compare.add_argument(
        "--rounds", type=int, metavar="N", help="rounds that there are to be, the earlier ones counted"
    )
    compare.add_argument("--project", nargs="*", default=[], metavar="NAME", help="small, hundred, conflict")
    compare.add_argument("--link", nargs="*", default=[], metavar="NAME", help="loopback, link")
    tests = commands.add_parser("coverage", help="which branches of the harness its tests reach")
    tests.add_argument("tests", nargs="*", metavar="TEST")
    lacking = commands.add_parser("pythons", help="unpack the Pythons that this machine lacks")
    lacking.add_argument("--if-possible", action="store_true", help="say why one can't be had, and go on without it")
    commands.add_parser("engine", help="have a container engine for pages that need one")
    commands.add_parser("same", help="copy what the FastAPI recipes share from the one for uv")
    record = commands.add_parser("record", help="commit what the last run recorded")
    record.add_argument("--check", action="store_true", help="say where what is committed doesn't fit what ran")
    merge = commands.add_parser("merge", help="join records of shards and systems, with their transcripts")
    merge.add_argument("records", nargs="+", metavar="RECORD", help="a record.json, or a folder with one")
    world = commands.add_parser("world", help="move the world and the tools to a day and run everything")
    world.add_argument("date", metavar="DATE", help="2026-12-01, or today")
    arguments = parser.parse_args()
    project = Project(ROOT)
    termination.heed()
    try:
        if arguments.command == "bench":
            from harness.verbs import bench as costs

            costs.bench(project, arguments.pages)
            return 0
        if arguments.command == "mutants":
            from harness.verbs.chance import wild
            from harness.verbs.mutants import control

            if arguments.random:
                seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
                return wild(project, arguments.pages, arguments.random, seed)
            return 1 if control(project, arguments.pages, arguments.all) else 0
        if arguments.command == "compare":
            from harness.verbs.speed import compare as speeds

            seed = random.SystemRandom().randrange(10**6)
            rounds = speeds.ROUNDS if arguments.rounds is None else arguments.rounds
            speeds.compare(project, speeds.PAGE, rounds, arguments.project, arguments.link, seed)
            return 0
        if arguments.command == "coverage":
            from harness.verbs.coverage import coverage

            return coverage(project, arguments.tests)
        if arguments.command == "pythons":
            from harness.machine import debian, pythons

            try:
                debian.make(project.work / pythons.DEBIAN, lambda line: print(line, flush=True))
            except Problem as problem:
                if not arguments.if_possible:
                    raise
                print(f"{problem}\ngoing on with the Pythons that there are", file=sys.stderr)
            return 0
        if arguments.command == "engine":
            from harness.machine.engine import prepare

            prepare.make(lambda line: print(line, flush=True))
            return 0
        if arguments.command == "same":
            from harness.verbs.same import copy

            copy(project)
            return 0
        if arguments.command == "record":
            from harness.verbs import record as committing

            if arguments.check:
                return committing.check(project)
            committing.record(project)
            return 0
        if arguments.command == "merge":
            from harness.verbs.merge import merge as join

            join(project, arguments.records)
            return 0
        from harness.verbs.move import move

        return move(project, arguments.date)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
