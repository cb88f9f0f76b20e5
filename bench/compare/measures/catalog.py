"""What a request costs a node that knows one model and one key, a thousand
models with ten targets each, a hundred thousand keys. The requests take turns
among all of them.

At saturation a proxy that takes longer also leaves the peers on the other core
idle more often, and to wake one costs the kernel several microseconds; at a
rate that is the same for all, each request wakes them."""

import contextlib
from typing import NamedTuple

import fleet_resources
import weir_servers
from measures.requests import loads


class Case(NamedTuple):
    models: int
    targets: int
    keys: int

    def flags(self):
        return ("--models", self.models, "--keys", self.keys)


CASES = {"one": Case(1, 1, 1), "models": Case(1000, 10, 1),
         "keys": Case(1, 1, 100_000)}


class Catalog:
    NAME = "catalog"
    NEEDS = "weir"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        measured = {}
        for name in self._setting.turns(CASES, index, self.NAME):
            with contextlib.ExitStack() as stack:
                result = self._measure(stack, name, CASES[name])
            measured.update({f"catalog.{name}.{key}": value
                             for key, value in result.items()})
        return {"weir": measured}

    def _measure(self, stack, name, case):
        setting = self._setting
        directory = setting.own_directory(self.NAME)
        plane = weir_servers.start_plane(
            stack, setting.bin, directory, fleet_resources.catalog(
                setting.provider.port, *case),
            niceness=weir_servers.NICENESS)
        node = weir_servers.start_node(stack, setting.bin, directory,
                                       plane.address)
        return loads(setting.load, f"catalog of {name}", node.process, node.url,
                     *case.flags())
