"""The real binaries, started for a test and ended with it."""

import http.client
import os
import pathlib
import re
import select
import subprocess
import time
import urllib.error
import urllib.request

START_SECONDS = 30
STOP_SECONDS = 10


def binary(name):
    return str(pathlib.Path(os.environ["WEIR_BUILD"]) / "bin" / name)


def eventually(ask, what, limit=START_SECONDS):
    """The first result of `ask` that says yes, within `limit` seconds."""
    deadline = time.monotonic() + limit
    while True:
        result = ask()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        # Processes tell nobody when their state changes.
        select.select([], [], [], 0.05)


def fetch(url, body=None, headers=None, timeout=10):
    """Status and body; (0, reason) for no answer, or one that is cut short."""
    request = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)


def ctl(address, *arguments):
    """weirctl's output; what it refuses is a failure of the test."""
    done = subprocess.run(
        [binary("weirctl"), "--server", address, *arguments], timeout=60,
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"weirctl {arguments}: {done.stdout}{done.stderr}")
    return done.stdout


class Certificates:
    """What `weirctl certs init` makes, as flags of each binary."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "certificates"
        subprocess.run([binary("weirctl"), "certs", "init", "--dir",
                        self.folder], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)

    def _of(self, name, **flags):
        files = {"ca": "ca.crt", "cert": f"{name}.crt", "key": f"{name}.key"}
        return [word for kind, flag in flags.items()
                for word in (f"--{flag}", str(self.folder / files[kind]))]

    def of_control_plane(self):
        return self._of("controlplane", ca="tls-client-ca", cert="tls-cert",
                        key="tls-key")

    def of_node(self):
        return self._of("node", ca="control-plane-ca",
                        cert="control-plane-cert", key="control-plane-key")

    def of_weirctl(self):
        return self._of("admin", ca="tls-ca", cert="tls-cert", key="tls-key")


class Server:
    """A process that listens; `with` ends it."""

    def __init__(self, command, folder, name):
        self._log = pathlib.Path(folder) / f"{name}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, cwd=folder, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self._process.poll() is None:
            # Twice: a node's second signal ends its drain.
            for _ in range(2):
                self._process.terminate()
                try:
                    self._process.wait(STOP_SECONDS)
                    return
                except subprocess.TimeoutExpired:
                    continue
            self._process.kill()
            self._process.wait()

    def log(self):
        return self._log.read_text(errors="replace")

    def printed(self, pattern):
        """The match of `pattern` in what it prints."""
        def search():
            found = re.search(pattern, self.log())
            if not found and self._process.poll() is not None:
                raise AssertionError(f"ended: {self.log()[-2000:]}")
            return found
        return eventually(search, f"{pattern!r} in {self._log.name}")


class ControlPlane(Server):
    def __init__(self, folder, *flags):
        super().__init__(
            [binary("weir-controlplane"), "--grpc-listen", "127.0.0.1:0",
             "--http-listen", "127.0.0.1:0",
             "--store", f"sqlite://{folder}/weir.db", *flags],
            folder, "controlplane")
        found = self.printed(r"grpc (\S+:\d+) http (\S+:\d+)")
        self.grpc, self.http = found.groups()


class Node(Server):
    def __init__(self, folder, control_plane, *flags, name="node"):
        super().__init__(
            [binary("weir-dataplane"), "--control-plane", control_plane,
             "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0",
             "--node-id", name, "--drain-delay", "0s",
             "--drain-timeout", "1s", *flags], folder, name)
        found = self.printed(r"http (\S+:\d+) ops (\S+:\d+)")
        self.api, self.ops = found.groups()


class Provider(Server):
    def __init__(self, folder, name, *flags):
        super().__init__(
            [binary("weir-simprovider"), "--listen", "127.0.0.1:0",
             "--name", name, *flags], folder, name)
        self.address = self.printed(r"(127\.0\.0\.1:\d+)").group(1)
