"""Processes of our own: started on their cores, watched, ended by their id."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

# What is measured has the first to itself; provider and load share the second.
PROXY_CORE = 0
LOAD_CORE = 1

# Long enough for a server that runs in valgrind.
START_SECONDS = 60
STOP_SECONDS = 5


# Where a tool's package has another name.
PACKAGES = {"perf": "linux-perf"}


def require(*tools):
    """Says which of `tools` is not installed, as a RuntimeError."""
    for tool in tools:
        if shutil.which(tool) is None:
            raise RuntimeError(f"needs {tool} (apt-get install "
                               f"{PACKAGES.get(tool, tool)})")


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server, from its start to the end of the `with` block."""

    def __init__(self, command, cores, log, niceness=0):
        """`cores`: those that it may run on. `niceness`: added to the
        script's own."""
        self.log = pathlib.Path(log)
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT,
            preexec_fn=lambda: self._settle(cores, niceness))

    @staticmethod
    def _settle(cores, niceness):
        # A group of its own, so that a Ctrl-C reaches only the script, which
        # then ends what it started; the same session, so that the script's
        # priority is its processes' too.
        os.setpgrp()
        os.sched_setaffinity(0, cores)
        os.nice(niceness)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_for_line(self, pattern):
        """The match of a regular expression in what the server has printed."""
        def search():
            return re.search(pattern, self.log.read_text(errors="replace"))
        return self.wait_until(search, f"a line like {pattern!r}")

    def wait_for_port(self, port):
        def connect():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        self.wait_until(connect, f"port {port} to open")

    def wait_until_ready(self, url):
        """`url` answers 200."""
        def get():
            try:
                with urllib.request.urlopen(url, timeout=1) as answer:
                    return answer.status == 200
            except OSError:
                return False
        self.wait_until(get, f"{url} to answer 200")

    def wait_until(self, done, what, pause=0.02):
        """What `done` gives once that is true; looks every `pause` seconds."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            result = done()
            if result:
                return result
            if self._process.poll() is not None:
                break
            time.sleep(pause)
        raise RuntimeError(f"waited in vain for {what}:\n"
                           + self.log.read_text(errors="replace")[-2000:])

    def _pids(self):
        """The server and the workers that it forked."""
        own = self._process.pid
        children = pathlib.Path(f"/proc/{own}/task/{own}/children").read_text()
        return [own, *map(int, children.split())]

    @property
    def pid(self):
        return self._process.pid

    def busiest_thread(self):
        """The id of the one that has used most CPU time."""
        def used(task):
            return int((task / "schedstat").read_text().split()[0])
        tasks = [task for pid in self._pids()
                 for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]
        return int(max(tasks, key=used).name)

    def cpu_ns(self):
        """CPU time of all threads so far, by the scheduler's own account."""
        total = 0
        for pid in self._pids():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        return total

    def rss_kb(self):
        return self._sum_of("status", "VmRSS")

    def pss_kb(self):
        """Its share of all its memory: what is mapped by n counts an n-th."""
        return self._sum_of("smaps_rollup", "Pss")

    def own_kb(self):
        """Of that what is no file's: heap, stacks, shared memory."""
        return (self._sum_of("smaps_rollup", "Pss_Anon")
                + self._sum_of("smaps_rollup", "Pss_Shmem"))

    def _sum_of(self, file, name):
        pattern = re.compile(rf"^{name}:\s+(\d+) kB", re.M)
        return sum(int(pattern.search(
            pathlib.Path(f"/proc/{pid}/{file}").read_text()).group(1))
                   for pid in self._pids())


def post_json(url, value):
    request = urllib.request.Request(url, method="POST",
                                     data=json.dumps(value).encode())
    urllib.request.urlopen(request, timeout=5).close()


def interrupt_as_exception():
    """SIGTERM unwinds as Ctrl-C does, so that all servers are ended."""
    def stop(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, stop)
