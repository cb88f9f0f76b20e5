"""Measures what it costs to speak another dialect than the provider.

One node, the same requests of OpenAI's API, and a simulated provider of each
dialect: the first gets the client's own bytes, the others a translation.
Instructions are counted as bench/count.sh counts them; times are medians over
rounds in which the dialects take turns.
"""

import argparse
import contextlib
import pathlib
import statistics
import subprocess
import sys
import tempfile

import count
import measure
import processes
import table
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The first is the client's. Each names a provider and the model that it has.
BASE_PATHS = {"openai": "/v1", "anthropic": "/v1", "gemini": "/v1beta"}
CLIENTS = "openai"
# What throughput may fall to.
GOAL = 0.75

PROVIDER = """\
  - name: {dialect}
    dialect: {dialect}
    base_url: http://127.0.0.1:{port}{path}
    health_check: {{kind: models, interval: 10s}}
"""
MODEL = """\
  - name: {dialect}
    max_output_tokens: 100000
    targets: [{{provider: {dialect}, model: {dialect}}}]
"""
KEYS = """\
client_keys:
  - name: bench
    secret_sha256: {key_hash}
    models: ["*"]
"""


def resources(ports):
    providers = "".join(
        PROVIDER.format(dialect=dialect, port=port, path=BASE_PATHS[dialect])
        for dialect, port in ports.items())
    models = "".join(MODEL.format(dialect=dialect) for dialect in ports)
    return (f"providers:\n{providers}models:\n{models}"
            + KEYS.format(key_hash=targets.key_hash()))


def start_providers(stack, bin_dir, directory):
    """{dialect: port}"""
    ports = {}
    for dialect in BASE_PATHS:
        process = stack.enter_context(processes.Process(
            [bin_dir / "weir-simprovider", "--listen", "127.0.0.1:0",
             "--dialect", dialect],
            count.LOAD_CORE, directory / f"{dialect}.log"))
        ports[dialect] = int(
            process.wait_for_line(r"listening on \S+:(\d+)").group(1))
    return ports


def count_instructions(bin_dir, ports, directory):
    """{dialect: {case: instructions}}"""
    counted = {}
    with contextlib.ExitStack() as stack:
        process, url = targets.node(stack, bin_dir, directory,
                                    resources(ports), count.callgrind(directory))
        instructions = count.InstructionCount(process, directory)
        for dialect, port in ports.items():
            load = count.Load(bin_dir, f"http://127.0.0.1:{port}", url, dialect)
            load.run(count.REQUESTS, 3)
            counted[dialect] = {
                case[0]: instructions.of(
                    f"{dialect} {case[0]}",
                    lambda load=load, case=case: load.run(case, 5))
                for case in [count.REQUESTS, count.CHUNKS]}
    return counted


def measure_times(arguments, ports, directory):
    """{dialect: {metric: median}}"""
    with contextlib.ExitStack() as stack:
        process, url = targets.node(stack, arguments.bin, directory,
                                    resources(ports))
        benches = {dialect: measure.Bench(arguments.bin / "weir-loadgen", port,
                                          arguments.duration, dialect)
                   for dialect, port in ports.items()}
        rounds = []
        for index in range(arguments.rounds):
            measured = {}
            # Each round begins with another one: what a machine shared with
            # others has to give changes while they take turns.
            order = list(benches.items())
            first = index % len(order)
            for dialect, bench in order[first:] + order[:first]:
                print(f"round {index + 1} of {arguments.rounds}: {dialect}",
                      file=sys.stderr)
                bench.set_provider({})
                whole = bench.saturation(dialect, process, url)
                streams = bench.streams(dialect, process, url)
                measured[dialect] = {"rps": whole["rps"],
                                     "request": whole["cpu_us"],
                                     "chunk": streams["cpu_us"]}
            rounds.append(measured)
    for bench in benches.values():
        for error in bench.errors:
            raise RuntimeError(error)
    return {dialect: {metric: statistics.median(one[dialect][metric]
                                                for one in rounds)
                      for metric in ("rps", "request", "chunk")}
            for dialect in ports}


def print_table(counted, timed):
    """The last column of each is what throughput is left, by that measure."""
    own_count, own_time = counted[CLIENTS], timed[CLIENTS]
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
        ports = start_providers(stack, arguments.bin, directory)
        counted = count_instructions(arguments.bin, ports, directory)
        timed = measure_times(arguments, ports, directory)
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
