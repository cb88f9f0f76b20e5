"""Instructions and system calls of a server's busiest thread.

They are the same however busy the machine is, so these numbers can be compared
from one change to the next.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.parse

import load

# What is run, and what is counted in its report. Callgrind makes everything
# some fifty times slower, so a stream's chunks are further apart for it.
REQUESTS = ("request", ["--connections", "32"])
PACED = ("request at 2,000 rps", ["--rate", "2000"])
CHUNKS = ("chunk", ["--streams", "100"])
# Two runs, of which only the second one's surplus counts: connections and streams
# are set up in both.
RUNS_SECONDS = (2, 7)
PROVIDER = {
    "request": {},
    "request at 2,000 rps": {},
    "chunk": {"tokens": 1_000_000, "tokens_per_second": 20},
}


# States of a socket in /proc/net/tcp that its server has not closed.
OPEN_STATES = {"01", "08"}


def wait_until_closed(url, timeout=20):
    """Until the server at `url` has closed all that its clients left: taking
    connections and streams down is part of each run, or of none."""
    port = f"{urllib.parse.urlsplit(url).port:04X}"
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        sockets = [line.split() for line in
                   pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        if not any(local.endswith(f":{port}") and state in OPEN_STATES
                   for _, local, _, state, *_ in sockets):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{url}: the server still has connections")


class CountedLoad:
    """Load on a target, as a number of requests or chunks."""

    def __init__(self, bin_dir, provider, target, model=load.MODEL):
        self._bin = bin_dir
        self._provider = provider
        self._target = target
        self._model = model

    def run(self, case, seconds):
        """How many requests or chunks there were."""
        name, flags = case
        self._provider.set(PROVIDER[name])
        url = self._target.sse if case == CHUNKS else self._target.json
        output = subprocess.run(
            [str(self._bin / "weir-loadgen"), "--json", "--url", url,
             "--key", load.KEY, "--model", self._model,
             "--duration", f"{seconds}s", *flags],
            stdout=subprocess.PIPE, check=True).stdout
        wait_until_closed(url)
        report = json.loads(output)
        if report["failed"]:
            raise RuntimeError(f"{report['failed']} requests failed: "
                               f"{report['failures'][:3]}")
        return report["sse"]["events"] if case == CHUNKS else report["requests"]


def callgrind(directory):
    """The command that a server is run with to be counted."""
    return ("valgrind", "--tool=callgrind", "--instr-atstart=no",
            "--separate-threads=yes", "--combine-dumps=no",
            f"--callgrind-out-file={directory}/callgrind.%p")


class InstructionCount:
    """Of the busiest thread of a server that runs under callgrind()."""

    def __init__(self, process, directory):
        self._pid = process.pid
        self._directory = pathlib.Path(directory)
        self._dumps = 0

    def _control(self, *flags):
        subprocess.run(["callgrind_control", *flags, str(self._pid)],
                       check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def of(self, name, run):
        """(instructions, units); `run` says how many units there were."""
        self._control("-i", "on")
        self._control("-z")
        units = run()
        self._control("-d", name)
        self._control("-i", "off")
        self._dumps += 1
        dumps = self._directory.glob(f"callgrind.{self._pid}.{self._dumps}-*")
        return max(int(re.search(r"^totals: (\d+)", dump.read_text(), re.M)
                       .group(1)) for dump in dumps), units


def instructions(start, bin_dir, provider, directory):
    """{case: instructions}. `start(stack, **place)` starts the target."""
    with contextlib.ExitStack() as stack:
        target = start(stack, wrap=callgrind(directory))
        generator = CountedLoad(bin_dir, provider, target)
        generator.run(REQUESTS, 3)
        count = InstructionCount(target.process, directory)

        def a_unit(case):
            (fixed, few), (total, many) = [
                count.of(case[0], lambda: generator.run(case, seconds))
                for seconds in RUNS_SECONDS]
            return (total - fixed) / (many - few)
        return {case[0]: a_unit(case) for case in [REQUESTS, CHUNKS]}


def calls_in(summary):
    """{name: calls} of what `strace -c` printed."""
    lines = re.findall(
        r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", summary, re.M)
    return {name: int(calls) for calls, name in lines if name != "total"}


def traced(thread, run, summary):
    """({name: calls}, units) of `thread` during `run`."""
    trace = subprocess.Popen(
        ["strace", "-c", "-p", str(thread), "-o", str(summary)],
        stderr=subprocess.PIPE)
    trace.stderr.readline()  # It has attached.
    units = run()
    trace.send_signal(signal.SIGINT)
    trace.wait()
    return calls_in(summary.read_text()), units


def calls_counted(summary):
    """The number that `perf stat -x ,` printed."""
    line = next(line for line in summary.splitlines()
                if "raw_syscalls:sys_enter" in line)
    number = line.split(",")[0]
    if not number.isdigit():
        raise RuntimeError(f"perf counts no system calls here: {line}")
    return int(number)


class CallCount:
    """Of a thread, by the kernel itself, which makes it no slower."""

    def __init__(self, thread, output):
        self._output = output
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        self._perf = subprocess.Popen(
            ["perf", "stat", "--event", "raw_syscalls:sys_enter", "--tid",
             str(thread), "--field-separator", ",", "--output", str(output),
             "--delay", "-1", "--control", f"fd:{commands},{answers}"],
            pass_fds=(commands, answers), stderr=subprocess.PIPE)
        os.close(commands)
        os.close(answers)

    def _say(self, command):
        try:
            os.write(self._commands, command + b"\n")
            answered = os.read(self._answers, 16)
        except BrokenPipeError:
            answered = b""
        if not answered:
            said = self._perf.communicate()[1].decode(errors="replace")
            raise RuntimeError(f"perf counts no system calls here: {said}")

    def of(self, run):
        """(calls, units); `run` says how many units there were. Once."""
        self._say(b"enable")
        units = run()
        self._say(b"disable")
        self._perf.send_signal(signal.SIGINT)
        self._perf.wait()
        os.close(self._commands)
        os.close(self._answers)
        return calls_counted(self._output.read_text()), units


def system_calls(start, bin_dir, provider, directory):
    """{case: calls a unit}. `start` as above."""
    output = pathlib.Path(directory, "perf")
    with contextlib.ExitStack() as stack:
        target = start(stack)
        generator = CountedLoad(bin_dir, provider, target)
        generator.run(REQUESTS, 1)
        thread = target.process.busiest_thread()

        def a_unit(case):
            (fixed, few), (total, many) = [
                CallCount(thread, output).of(
                    lambda: generator.run(case, seconds))
                for seconds in RUNS_SECONDS]
            return (total - fixed) / (many - few)
        return {case[0]: a_unit(case) for case in [REQUESTS, PACED, CHUNKS]}


def calls_by_name(start, bin_dir, provider, directory):
    """{case: {name: calls a unit}}, by strace, which makes the server slow: what
    comes by the clock is a larger part. `start` as above."""
    summary = pathlib.Path(directory, "strace")
    with contextlib.ExitStack() as stack:
        target = start(stack)
        generator = CountedLoad(bin_dir, provider, target)
        generator.run(REQUESTS, 1)
        thread = target.process.busiest_thread()

        def a_unit(case):
            (fixed, few), (total, many) = [
                traced(thread, lambda: generator.run(case, seconds), summary)
                for seconds in RUNS_SECONDS]
            return {name: (calls - fixed.get(name, 0)) / (many - few)
                    for name, calls in total.items()}
        return {case[0]: a_unit(case) for case in [REQUESTS, PACED, CHUNKS]}
