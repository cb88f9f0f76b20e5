"""Measures what it costs to speak another dialect than the provider.

One node, the same requests of OpenAI's API, and a simulated provider of each
dialect: the first gets the client's own bytes, the others a translation.
Instructions are counted as bench/count.sh counts them; times are medians over
rounds in which the dialects take turns.
"""

import argparse
import contextlib
import pathlib
import subprocess
import sys
import tempfile

import counting
import processes
import setting
import table
import targets
from measures import translation

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What throughput may fall to.
GOAL = 0.75


def count_instructions(bin_dir, directory):
    """{dialect: {case: instructions}}"""
    counted = {}
    with contextlib.ExitStack() as stack:
        providers = translation.start_providers(stack, bin_dir, directory)
        node = translation.start_node(stack, bin_dir, directory, providers,
                                      counting.callgrind(directory))
        target = targets.Target(node.process, node.url, node.url)
        instructions = counting.InstructionCount(node.process, directory)
        for dialect, provider in providers.items():
            load = counting.CountedLoad(bin_dir, provider, target, dialect)
            load.run(counting.REQUESTS, 3)
            counted[dialect] = {
                case[0]: instructions.of(
                    f"{dialect} {case[0]}",
                    lambda load=load, case=case: load.run(case, 5))
                for case in [counting.REQUESTS, counting.CHUNKS]}
    return counted


def measure_times(arguments, directory):
    """{dialect: {metric: median}}"""
    with contextlib.ExitStack() as stack:
        run = setting.Setting(stack, arguments.bin, directory,
                              arguments.duration, ["weir"])
        measure = translation.Translation(run)
        result = table.medians([measure.round(index)
                                for index in range(arguments.rounds)])["weir"]
    if run.load.errors:
        raise RuntimeError("\n".join(run.load.errors))
    return {dialect: {metric: result[f"translation.{dialect}.{metric}"]
                      for metric in ("rps", "request", "chunk")}
            for dialect in translation.BASE_PATHS}


def print_table(counted, timed):
    """The last column of each is what throughput is left, by that measure."""
    own_count = counted[translation.CLIENTS]
    own_time = timed[translation.CLIENTS]
    rows = []
    for dialect, times in timed.items():
        instructions = counted[dialect]
        row = [dialect, f"{times['rps']:,.0f}",
               f"{times['rps'] / own_time['rps']:.2f}"]
        for unit in ("request", "chunk"):
            row += [f"{instructions[unit]:,.0f}",
                    f"{instructions[unit] / own_count[unit]:.2f}",
                    f"{times[unit]:.2f}",
                    f"{own_time[unit] / times[unit]:.2f}"]
        rows.append(row)
    print(table.render(
        ["provider", "rps", "of own", "instructions a request", "x own",
         "CPU us", "throughput", "instructions a chunk", "x own", "CPU us",
         "throughput"], rows))
    return min(own_time[unit] / times[unit] for times in timed.values()
               for unit in ("request", "chunk"))


def main():
    processes.interrupt_as_exception()
    parser = argparse.ArgumentParser(prog="bench/translate.sh",
                                     description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=float, default=4,
                        help="seconds of each measurement, after a warm-up")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bin",
                        help="where the binaries of a release build are")
    parser.add_argument("--keep", type=pathlib.Path,
                        help="where callgrind's files stay")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="weir-translate-"))
        directory = pathlib.Path(arguments.keep or scratch)
        directory.mkdir(exist_ok=True)
        counted = count_instructions(arguments.bin, directory)
        timed = measure_times(arguments, directory)
    left = print_table(counted, timed)
    if left < GOAL:
        raise RuntimeError(f"{left:.2f} of the throughput is left; the goal "
                           f"is {GOAL}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench/translate.sh: {error}")
