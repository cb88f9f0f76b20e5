"""Measures weir beside other proxies in one interleaved run.

Every round measures every target, each round in another order, and the tables
show medians, so that what the machine does meanwhile befalls all alike.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import measure
import processes
import table
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=float, default=4,
                        help="seconds of each measurement, after a warm-up")
    parser.add_argument("--only", default=",".join(targets.ALL),
                        help="targets, of: " + ",".join(targets.ALL))
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bin",
                        help="where the binaries of a release build are")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    for name in arguments.only:
        if name not in targets.ALL:
            parser.error(f"--only: there is no target '{name}'")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("needs two cores: one for the proxy, one for the load")
    return arguments


def check_binaries(arguments):
    needed = {"weir-simprovider", "weir-loadgen"}
    if "relay" in arguments.only:
        needed.add("epoll-relay")
    if "weir" in arguments.only:
        needed |= {"weir-controlplane", "weir-dataplane"}
    missing = sorted(n for n in needed if not (arguments.bin / n).exists())
    if missing:
        sys.exit(f"bench/run.sh: {arguments.bin} lacks {', '.join(missing)}; "
                 "build them: cmake --preset release && "
                 "cmake --build --preset release")


def run_rounds(bench, running, rounds):
    results = []
    for index in range(rounds):
        names = list(running)
        # Another one begins each time.
        names = names[index % len(names):] + names[:index % len(names)]
        measured = {}
        for name in names:
            print(f"round {index + 1} of {rounds}: {name}", file=sys.stderr)
            measured[name] = bench.everything(name, *running[name])
        results.append({name: measured[name] for name in running})
    return results


def main():
    processes.interrupt_as_exception()
    arguments = parse_arguments()
    check_binaries(arguments)
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as scratch:
        directory = pathlib.Path(scratch)
        with processes.Process(
                [arguments.bin / "weir-simprovider", "--listen", "127.0.0.1:0"],
                measure.LOAD_CORE, directory / "provider.log") as provider:
            port = int(provider.wait_for_line(r"listening on \S+:(\d+)").group(1))
            bench = measure.Bench(arguments.bin / "weir-loadgen", port,
                                  arguments.duration)
            with targets.running(arguments.only, arguments.bin, directory,
                                 port) as running:
                results = run_rounds(bench, running, arguments.rounds)
    result = table.medians(results)
    print(table.json_table(result))
    print()
    print(table.sse_table(result))
    for error in bench.errors:
        print(f"ERROR: {error}", file=sys.stderr)
    return 1 if bench.errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as error:
        sys.exit(f"bench/run.sh: {error}")
