"""What a control plane takes that asks a thousand targets every ten seconds,
each for a completion, and tells a node."""

import contextlib
import time

import fleet_resources
import weir_servers
from processes import LOAD_CORE, PROXY_CORE

MODELS, TARGETS = 100, 10
INTERVAL_SECONDS = 10


class Probing:
    NAME = "probing"
    NEEDS = "weir"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        setting = self._setting
        for _ in setting.turns(["control plane"], index, self.NAME):
            with contextlib.ExitStack() as stack:
                return {"weir": self._measure(stack)}

    def _measure(self, stack):
        setting = self._setting
        directory = setting.own_directory(self.NAME)
        resources = fleet_resources.catalog(
            setting.provider.port, MODELS, TARGETS, 1, probe="chat",
            interval=f"{INTERVAL_SECONDS}s")
        plane = weir_servers.start_plane(
            stack, setting.bin, directory, resources, cores={PROXY_CORE})
        weir_servers.start_node(stack, setting.bin, directory, plane.address,
                                cores={LOAD_CORE})
        # Every target has been asked twice, 20 % sooner or later than planned
        # each time; in the next interval all are asked again.
        time.sleep(1.6 * INTERVAL_SECONDS)
        asked = setting.provider.requests()
        before, began = plane.process.cpu_ns(), time.monotonic()
        time.sleep(INTERVAL_SECONDS)
        spent = plane.process.cpu_ns() - before
        took = time.monotonic() - began
        asked = setting.provider.requests() - asked
        if asked < 0.9 * MODELS * TARGETS:
            setting.load.errors.append(f"control plane: only {asked} probes of "
                                       f"{MODELS * TARGETS} in {took:.1f} s")
        return {"probing.percent": 100 * spent / 1e9 / took,
                "probing.probes_per_s": asked / took,
                "probing.rss_mb": plane.process.rss_kb() / 1024}
