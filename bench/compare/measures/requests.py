"""Small JSON requests: as many as go through, and at constant rates."""

from table import QUANTILES, RATES

CONNECTIONS = 32


def _flat(measured):
    return {f"{prefix}.{key}": value for prefix, metrics in measured.items()
            for key, value in metrics.items()}


def saturation(load, what, process, url, *flags, **options):
    """As many requests as go through."""
    cpu_us, report = load.cost(what, process, url, "--connections",
                               CONNECTIONS, *flags, **options)
    result = {"rps": report["json"]["rps"]}
    if process:
        result["cpu_us"] = cpu_us
        result["rss_mb"] = process.rss_kb() / 1024
    return result


def at_rate(load, what, process, url, rate, *flags, **options):
    """A constant rate, open-loop."""
    cpu_us, report = load.cost(what, process, url, "--rate", rate, *flags,
                               **options)
    result = {q: report["json"]["latency_ms"][q] for q in QUANTILES}
    if process:
        result["cpu_us"] = cpu_us
    return result


def loads(load, what, process, url, *flags):
    """What is measured at saturation and at the highest rate."""
    rate = max(RATES)
    measured = {
        "sat": saturation(load, f"{what} at saturation", process, url, *flags),
        rate: at_rate(load, f"{what} at {rate} rps", process, url, rate,
                      *flags)}
    return _flat(measured)


class Requests:
    NAME = "requests"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        running = self._setting.running()
        return {name: self._all_of(name, running[name])
                for name in self._setting.turns(running, index, self.NAME)}

    def _all_of(self, name, target):
        load = self._setting.load
        measured = {"sat": saturation(load, f"{name} at saturation",
                                      target.process, target.json)}
        for rate in RATES:
            measured[rate] = at_rate(load, f"{name} at {rate} rps",
                                     target.process, target.json, rate)
        return _flat(measured)
