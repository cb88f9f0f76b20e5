"""Processes of our own: started on one core, watched, ended by their id."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request

# Long enough for a server that runs in valgrind.
START_SECONDS = 60
STOP_SECONDS = 5


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A server, from its start to the end of the `with` block."""

    def __init__(self, command, core, log):
        self.log = pathlib.Path(log)
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT,
            preexec_fn=lambda: self._settle(core))

    @staticmethod
    def _settle(core):
        # A group of its own, so that a Ctrl-C reaches only the script, which
        # then ends what it started; the same session, so that the script's
        # priority is its processes' too.
        os.setpgrp()
        os.sched_setaffinity(0, {core})

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
        return self._wait(search, f"a line like {pattern!r}")

    def wait_for_port(self, port):
        def connect():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        self._wait(connect, f"port {port} to open")

    def wait_until_ready(self, url):
        """`url` answers 200."""
        def get():
            try:
                with urllib.request.urlopen(url, timeout=1) as answer:
                    return answer.status == 200
            except OSError:
                return False
        self._wait(get, f"{url} to answer 200")

    def _wait(self, done, what):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            result = done()
            if result:
                return result
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
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

    def cpu_ns(self):
        """CPU time of all threads so far, by the scheduler's own account."""
        total = 0
        for pid in self._pids():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        return total

    def rss_kb(self):
        total = 0
        for pid in self._pids():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
        return total


def post_json(url, value):
    request = urllib.request.Request(url, method="POST",
                                     data=json.dumps(value).encode())
    urllib.request.urlopen(request, timeout=5).close()


def interrupt_as_exception():
    """SIGTERM unwinds as Ctrl-C does, so that all servers are ended."""
    def stop(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, stop)
