"""Counts what weir spends on a request and on a chunk of a stream."""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile

import counting
import processes
import provider
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]

# How far over its budget a count may be: the rest depends on how many requests
# happen to be dealt with in one go.
TOLERANCE = 1.03


def check(budget_file, count):
    """Whether `count()` keeps to the budget; the best of three counts."""
    budget = json.loads(budget_file.read_text())
    best = {}
    for _ in range(3):
        for name, instructions in count().items():
            best[name] = min(instructions, best.get(name, instructions))
        over = [name for name, most in budget.items()
                if best[name] > most * TOLERANCE]
        if not over:
            break
    print("| | instructions | budget | of it |")
    print("| --- | --- | --- | --- |")
    for name, most in budget.items():
        print(f"| {name} | {best[name]:,.0f} | {most:,} | "
              f"{best[name] / most:.3f} |")
    for name in over:
        print(f"bench/count.sh: a {name} costs more than {budget_file} grants: "
              "bring it down, or say in the log of bench/README.md what that "
              "buys and raise the budget", file=sys.stderr)
    return not over


def report(instructions, calls, by_name):
    """`by_name` is counted apart from `calls`, and slowly."""
    print("| | instructions | system calls | under strace |")
    print("| --- | --- | --- | --- |")
    for name, by_call in by_name.items():
        count = (f"{instructions[name]:,.0f}" if name in instructions else "")
        parts = ", ".join(f"{call} {number:.2f}" for call, number in
                          sorted(by_call.items(), key=lambda item: -item[1])
                          if number >= 0.01)
        print(f"| {name} | {count} | {calls[name]:.2f} | {parts} |")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench/count.sh",
                                     description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bin",
                        help="where the binaries of a release build are")
    parser.add_argument("--keep", type=pathlib.Path,
                        help="where callgrind's files stay")
    parser.add_argument("--budget", type=pathlib.Path,
                        help="count instructions alone, and fail when one is "
                        "more than 3 %% over what this file grants it")
    return parser.parse_args()


def main():
    processes.interrupt_as_exception()
    arguments = parse_arguments()
    processes.require("valgrind")
    if not arguments.budget:
        processes.require("strace", "perf")
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="weir-count-"))
        directory = pathlib.Path(arguments.keep or scratch)
        directory.mkdir(exist_ok=True)
        upstream = provider.Provider(stack, arguments.bin, directory)

        def start(stack, **place):
            return targets.start("weir", stack, arguments.bin, directory,
                                 provider.Upstream(upstream.port), **place)
        counted = (start, arguments.bin, upstream, directory)
        if arguments.budget:
            within = check(arguments.budget,
                           lambda: counting.instructions(*counted))
            return 0 if within else 1
        report(counting.instructions(*counted),
               counting.system_calls(*counted),
               counting.calls_by_name(*counted))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench/count.sh: {error}")
