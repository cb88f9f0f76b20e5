"""What a request costs with one worker, and with two that work at once.

With two cores in all, the load and the provider are on the same ones as the
workers, with one worker as well as with two: what is left between the two is
what workers cost each other, and what two processes cost each other that share
a core's caches with others. nginx, of which workers share nothing but the
machine, says how much the latter is.
"""

from measures.requests import loads
from processes import LOAD_CORE, PROXY_CORE

CORES = frozenset({PROXY_CORE, LOAD_CORE})


class Workers:
    NAME = "workers"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        cases = [(name, workers)
                 for name in self._setting.chosen("nginx", "weir")
                 for workers in (1, 2)]
        measured = {}
        for name, workers in self._setting.turns(cases, index, self.NAME):
            with self._setting.alone(name, workers=workers,
                                     cores=CORES) as target:
                result = loads(self._setting.load,
                               f"{name} with {workers} workers",
                               target.process, target.json)
            measured.setdefault(name, {}).update(
                {f"workers.{workers}.{key}": value
                 for key, value in result.items()})
        return measured
