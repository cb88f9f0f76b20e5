"""From a process' exec() to its first good answer, and what it holds then."""

import contextlib
import http.client
import time

import weir_servers

# Between two questions whether it is ready.
POLL_SECONDS = 0.0002
# After which what a server still has to do of its own accord is done.
IDLE_SECONDS = 1.5


def is_ready(url, path):
    connection = http.client.HTTPConnection(url.removeprefix("http://"),
                                            timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def ready_ms(launch):
    """(milliseconds until ready, node). `launch` starts one and does not wait:
    it returns once exec() has been called."""
    node = launch()
    began = time.monotonic()
    node.process.wait_until(lambda: is_ready(node.url, "/health/full"),
                            "the node to be ready", POLL_SECONDS)
    return (time.monotonic() - began) * 1000, node


class Start:
    """A node whose control plane is there; one that has none, and boots from
    what it had before; and what the first holds while it has nothing to do, and
    nothing else of weir's runs."""
    NAME = "start"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        # What others map of the same files would count for half.
        self._setting.end_running()
        names = self._setting.chosen("nginx", "haproxy", "weir")
        measured = {}
        for name in self._setting.turns(names, index, self.NAME):
            measured[name] = (self._of_weir() if name == "weir"
                              else self._of_other(name))
        return measured

    def _of_other(self, name):
        """What it holds alone: it is ready when it listens, with no word from
        anybody."""
        with self._setting.alone(name) as target:
            time.sleep(IDLE_SECONDS)
            return {"start.pss_mb": target.process.pss_kb() / 1024}

    def _of_weir(self):
        setting = self._setting
        directory = setting.own_directory(self.NAME)
        cache = directory / "snapshot.cache"
        with contextlib.ExitStack() as life:
            with contextlib.ExitStack() as reign:
                plane = weir_servers.start_plane(
                    reign, setting.bin, directory,
                    weir_servers.simple_resources(setting.upstream, ""))
                led_ms, node = ready_ms(lambda: weir_servers.launch_node(
                    life, setting.bin, directory, plane.address,
                    "--snapshot-cache", cache))
                node.process.wait_until(cache.exists, f"{cache} to be written")
                time.sleep(IDLE_SECONDS)
            # The two share libraries.
            pss_mb = node.process.pss_kb() / 1024
        with contextlib.ExitStack() as life:
            # Nobody listens there any more.
            cached_ms, _ = ready_ms(lambda: weir_servers.launch_node(
                life, setting.bin, directory, plane.address,
                "--snapshot-cache", cache))
        return {"start.led_ms": led_ms, "start.cached_ms": cached_ms,
                "start.pss_mb": pss_mb}
