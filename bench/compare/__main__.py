"""Measures weir beside other proxies in one interleaved run.

Every round measures every target, each round in another order, and the tables
show medians, so that what the machine does meanwhile befalls all alike. The
last table holds the goals and whether they are met. Exits 1 when anything
failed, a single request included; a goal that is missed is no failure.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import goals
import measures
import processes
import setting
import table
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]


def names_of(known, what):
    """A parser of `a,b`: names that `known` has, in its order."""
    def parse(text):
        given = text.split(",")
        for name in given:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"there is no {what} '{name}', only {', '.join(known)}")
        return [name for name in known if name in given]
    return parse


def positive(kind):
    def parse(text):
        try:
            number = kind(text)
        except ValueError:
            number = 0
        if not 0 < number < 1e6:
            raise argparse.ArgumentTypeError(
                f"'{text}' is not a positive "
                f"{'whole number' if kind is int else 'number'}")
        return number
    return parse


def argument_parser():
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    parser.add_argument("--rounds", type=positive(int), default=3)
    parser.add_argument("--duration", type=positive(float), default=4,
                        help="seconds of each measurement, after a warm-up")
    parser.add_argument("--only", type=names_of(targets.ALL, "target"),
                        default=list(targets.ALL), metavar="NAME,...",
                        help="targets, of: " + ", ".join(targets.ALL))
    parser.add_argument("--rows", type=names_of(measures.ALL, "group of rows"),
                        default=list(measures.ALL), metavar="NAME,...",
                        help="groups of the goals' rows, of: "
                        + ", ".join(measures.ALL))
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bin",
                        help="where the binaries of a release build are")
    return parser


def check(parser, arguments):
    """Ends the script where something lacks that the run needs."""
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("needs two cores: one for the proxy, one for the load")
    needed = {"weir-simprovider", "weir-loadgen"}.union(
        *(targets.BINARIES.get(name, set()) for name in arguments.only))
    missing = sorted(n for n in needed if not (arguments.bin / n).exists())
    if missing:
        sys.exit(f"bench/run.sh: {arguments.bin} lacks {', '.join(missing)}; "
                 "build them: cmake --preset release && "
                 "cmake --build --preset release")
    tools = {"counts": ("valgrind", "perf"), "tls": ("openssl",)}
    for row in arguments.rows:
        try:
            processes.require(*tools.get(row, ()))
        except RuntimeError as lacking:
            sys.exit(f"bench/run.sh: --rows {row} {lacking}")


def merged(parts):
    """{target: {metric: value}} of several such."""
    result = {}
    for part in parts:
        for target, metrics in part.items():
            result.setdefault(target, {}).update(metrics)
    return result


def run_rounds(run, arguments):
    kinds = [measures.ALL[row] for row in arguments.rows]
    chosen = [kind(run) for kind in kinds
              if getattr(kind, "NEEDS", None) in (None, *arguments.only)]
    rounds = [merged(measure.round(index) for measure in chosen)
              for index in range(arguments.rounds)]
    # In the order of the tables, whoever began.
    return [{name: one[name] for name in targets.ALL if name in one}
            for one in rounds]


def print_tables(rounds):
    result = table.medians(rounds)
    for text in (table.requests_table(result), table.streams_table(result),
                 goals.rendered(result)):
        if text:
            print(f"{text}\n")


def main():
    processes.interrupt_as_exception()
    parser = argument_parser()
    arguments = parser.parse_args()
    check(parser, arguments)
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="weir-bench-"))
        run = setting.Setting(stack, arguments.bin, pathlib.Path(scratch),
                              arguments.duration, arguments.only)
        rounds = run_rounds(run, arguments)
    print_tables(rounds)
    for error in run.load.errors:
        print(f"ERROR: {error}", file=sys.stderr)
    print(f"{len(rounds)} rounds, {len(run.load.errors)} errors")
    return 1 if run.load.errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench/run.sh: {error}")
