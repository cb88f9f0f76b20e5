"""Counts what weir spends on a request and on a chunk of a stream.

Instructions and system calls are the same however busy the machine is, so
these numbers can be compared from one change to the next.
"""

import argparse
import contextlib
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import processes
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOAD_CORE = 1

# What is run, and what is counted in its report. Callgrind makes everything
# some fifty times slower, so a stream's chunks are further apart for it.
REQUESTS = ("request", ["--connections", "32"])
PACED = ("request at 2,000 rps", ["--rate", "2000"])
CHUNKS = ("chunk", ["--streams", "100"])
PROVIDER = {
    "request": {},
    "request at 2,000 rps": {},
    "chunk": {"tokens": 1_000_000, "tokens_per_second": 20},
}


class Load:
    def __init__(self, bin_dir, provider_url, url, model=targets.MODEL):
        self._bin = bin_dir
        self._provider = provider_url
        self._url = url
        self._model = model

    def run(self, case, seconds):
        """How many requests or chunks there were."""
        name, flags = case
        processes.post_json(f"{self._provider}/__control",
                            {"reset": True, **PROVIDER[name]})
        output = subprocess.run(
            [str(self._bin / "weir-loadgen"), "--json", "--url", self._url,
             "--key", targets.KEY, "--model", self._model,
             "--duration", f"{seconds}s", *flags],
            stdout=subprocess.PIPE, check=True).stdout
        report = json.loads(output)
        if report["failed"]:
            raise RuntimeError(f"{report['failed']} requests failed: "
                               f"{report['failures'][:3]}")
        return report["sse"]["events"] if name == "chunk" else report[
            "requests"]


def worker_thread(pid):
    """The thread that has used most CPU time: the worker."""
    def used(task):
        return int((task / "schedstat").read_text().split()[0])
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return int(max(tasks, key=used).name)


def callgrind(directory):
    """The command that a node is run with to be counted."""
    return ["valgrind", "--tool=callgrind", "--instr-atstart=no",
            "--separate-threads=yes", "--combine-dumps=no",
            f"--callgrind-out-file={directory}/callgrind.%p"]


class InstructionCount:
    """Of the worker's thread of a node that runs under callgrind()."""

    def __init__(self, process, directory):
        self._pid = process.pid
        self._directory = pathlib.Path(directory)
        self._dumps = 0

    def _control(self, *flags):
        subprocess.run(["callgrind_control", *flags, str(self._pid)],
                       check=True, stdout=subprocess.DEVNULL)

    def of(self, name, run):
        """Instructions for each of the units that `run` says there were."""
        self._control("-i", "on")
        self._control("-z")
        units = run()
        self._control("-d", name)
        self._control("-i", "off")
        self._dumps += 1
        dumps = self._directory.glob(f"callgrind.{self._pid}.{self._dumps}-*")
        return max(int(re.search(r"^totals: (\d+)", dump.read_text(), re.M)
                       .group(1)) for dump in dumps) / units


def count_instructions(arguments, provider_url, directory):
    """{case: instructions of the worker's thread}"""
    with contextlib.ExitStack() as stack:
        process, url, _ = targets.weir(stack, arguments.bin, directory,
                                       int(provider_url.rpartition(":")[2]),
                                       callgrind(directory))
        load = Load(arguments.bin, provider_url, url)
        load.run(REQUESTS, 3)
        count = InstructionCount(process, directory)
        return {case[0]: count.of(case[0], lambda case=case: load.run(case, 5))
                for case in [REQUESTS, CHUNKS]}


def count_system_calls(arguments, provider_url, directory):
    """{case: {name: calls a unit}} of the worker's thread."""
    result = {}
    with contextlib.ExitStack() as stack:
        process, url, _ = targets.weir(stack, arguments.bin, directory,
                                       int(provider_url.rpartition(":")[2]))
        load = Load(arguments.bin, provider_url, url)
        load.run(REQUESTS, 1)
        for case in [REQUESTS, PACED, CHUNKS]:
            trace = subprocess.Popen(
                ["strace", "-c", "-p", str(worker_thread(process.pid)),
                 "-o", f"{directory}/strace"],
                stderr=subprocess.PIPE)
            trace.stderr.readline()  # It has attached.
            units = load.run(case, 4)
            trace.send_signal(signal.SIGINT)
            trace.wait()
            calls = {}
            text = pathlib.Path(directory, "strace").read_text()
            for line in text.splitlines():
                match = re.match(
                    r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$",
                    line)
                if match and match.group(2) != "total":
                    calls[match.group(2)] = int(match.group(1)) / units
            result[case[0]] = calls
    return result


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


def report(instructions, calls):
    print("| | instructions | system calls | of them |")
    print("| --- | --- | --- | --- |")
    for name, by_call in calls.items():
        count = (f"{instructions[name]:,.0f}" if name in instructions else "")
        parts = ", ".join(f"{call} {number:.2f}" for call, number in
                          sorted(by_call.items(), key=lambda item: -item[1])
                          if number >= 0.01)
        print(f"| {name} | {count} | {sum(by_call.values()):.2f} | {parts} |")


def main():
    processes.interrupt_as_exception()
    parser = argparse.ArgumentParser(prog="bench/count.sh",
                                     description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/bin",
                        help="where the binaries of a release build are")
    parser.add_argument("--keep", type=pathlib.Path,
                        help="where callgrind's files stay")
    parser.add_argument("--budget", type=pathlib.Path,
                        help="count instructions alone, and fail when one is "
                        "more than 3 %% over what this file grants it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-count-") as scratch:
        directory = pathlib.Path(arguments.keep or scratch)
        directory.mkdir(exist_ok=True)
        with processes.Process(
                [arguments.bin / "weir-simprovider", "--listen", "127.0.0.1:0"],
                LOAD_CORE, directory / "provider.log") as provider:
            port = provider.wait_for_line(r"listening on \S+:(\d+)").group(1)
            url = f"http://127.0.0.1:{port}"
            if arguments.budget:
                within = check(
                    arguments.budget,
                    lambda: count_instructions(arguments, url, directory))
                sys.exit(0 if within else 1)
            report(count_instructions(arguments, url, directory),
                   count_system_calls(arguments, url, directory))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench/count.sh: {error}")
