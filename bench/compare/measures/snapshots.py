"""Requests at a constant rate while nothing changes, and while a new
configuration of 10,000 targets comes again and again."""

import contextlib
import itertools
import os
import re
import subprocess
import threading
import urllib.request

import fleet_resources
import weir_servers
from measures.requests import at_rate
from processes import LOAD_CORE

MODELS, TARGETS = 1000, 10
RATE = 2000
# After one change is made, until the next.
PAUSE_SECONDS = 0.5
# The operator's command steps aside for the load, and may take seconds.
LEAST_SECONDS = 10
FLAGS = ("--models", MODELS)


def _step_aside():
    os.sched_setaffinity(0, {LOAD_CORE})
    os.nice(weir_servers.NICENESS)


def applied(node):
    """How many configurations the node has taken."""
    with urllib.request.urlopen(f"{node.ops}/metrics", timeout=10) as answer:
        page = answer.read().decode()
    return sum(int(float(count)) for count in re.findall(
        r'^weir_lane_updates_total\{lane="config",outcome="applied"\} (\S+)',
        page, re.M))


class Snapshots:
    NAME = "snapshots"
    NEEDS = "weir"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        setting = self._setting
        with contextlib.ExitStack() as stack:
            directory = setting.own_directory(self.NAME)
            plane = weir_servers.start_plane(
                stack, setting.bin, directory, None, "--rollout", "off",
                niceness=weir_servers.NICENESS)
            file = directory / "resources.yaml"
            file.write_text(fleet_resources.catalog(
                setting.provider.port, MODELS, TARGETS, 1))
            self._operate(plane, "apply", "-f", file)
            node = weir_servers.start_node(stack, setting.bin, directory,
                                           plane.address)
            measured = {}
            cases = {"calm": self._calm, "changing": self._changing}
            for case in setting.turns(cases, index, self.NAME):
                result = cases[case](node, plane)
                measured.update({f"snapshots.{case}.{key}": value
                                 for key, value in result.items()})
        return {"weir": measured}

    def _calm(self, node, plane):
        del plane
        return self._load("requests while nothing changes", node)

    def _changing(self, node, plane):
        what = "requests while the configuration changes"
        before = applied(node)
        done = threading.Event()
        changes = threading.Thread(target=self._change, args=(plane, done))
        changes.start()
        try:
            result = self._load(what, node)
        finally:
            done.set()
            changes.join()
        result["applied"] = applied(node) - before
        if result["applied"] == 0:
            self._setting.load.errors.append(f"{what}: none was applied")
        return result

    def _load(self, what, node):
        load = self._setting.load
        return at_rate(load, what, node.process, node.url, RATE, *FLAGS,
                       seconds=max(LEAST_SECONDS, load.seconds))

    def _change(self, plane, done):
        """Drains one provider of the ten and enables it again, until `done`."""
        for verb in itertools.cycle(("drain", "enable")):
            self._operate(plane, "provider", verb, "provider-0")
            if done.wait(PAUSE_SECONDS):
                return

    def _operate(self, plane, *command):
        subprocess.run(
            [self._setting.bin / "weirctl", "--server", plane.address,
             "--timeout", "1m", *command],
            stdout=subprocess.DEVNULL, check=True, preexec_fn=_step_aside)
