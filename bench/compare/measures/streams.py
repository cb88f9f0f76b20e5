"""Many slow streams at once: what a chunk costs, what a stream holds."""

import time

from load import WARMUP_SECONDS

# A million tokens are enough for any run.
TOKENS = 1_000_000


def streams(load, provider, what, target, count, chunk_seconds,
            warmup=WARMUP_SECONDS, **options):
    """What costs and holds is looked at while all of them run: not when they
    begin, nor when they are cut."""
    process, url = target.process, target.sse
    provider.set({"tokens": TOKENS, "tokens_per_second": 1 / chunk_seconds})
    held = process.own_kb() if process else 0
    running = load.start(url, "--streams", count, warmup=warmup, **options)
    time.sleep(warmup)
    before, began = process.cpu_ns() if process else 0, time.monotonic()
    time.sleep(load.seconds * 0.9)
    spent, took = (process.cpu_ns() - before if process else 0,
                   time.monotonic() - began)
    held = process.own_kb() - held if process else 0
    report = load.finish(running, what)
    provider.set({})
    if report["sse"]["unfinished"] != count:
        load.errors.append(f"{what}: only {report['sse']['unfinished']} of "
                           f"{count} streams ran to the end")
    rate = report["sse"]["events_per_s"]
    result = {"events_per_s": rate}
    if process:
        result["cpu_us"] = spent / 1000 / took / max(1, rate)
        result["kb"] = held / count
    return result


class Streams:
    """On servers that run since the beginning."""
    NAME = "streams"
    PREFIX = "sse"
    COUNT = 1000
    CHUNK_SECONDS = 0.02
    WARMUP_SECONDS = 1

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        running = self._setting.running()
        return {name: self._measure(name, running[name])
                for name in self._setting.turns(running, index, self.NAME)}

    def _measure(self, name, target):
        measured = streams(
            self._setting.load, self._setting.provider,
            f"{name} with {self.COUNT} streams", target, self.COUNT,
            self.CHUNK_SECONDS, self.WARMUP_SECONDS)
        return {f"{self.PREFIX}.{key}": value
                for key, value in measured.items()}


class WideStreams(Streams):
    """As many as the descriptors of a process allow, two a stream of 20,000,
    at servers that have held nothing yet: what a server keeps for the next
    streams would not show as growth."""
    NAME = "wide-streams"
    PREFIX = "wide"
    COUNT = 9500
    CHUNK_SECONDS = 0.3
    # To begin them all.
    WARMUP_SECONDS = 6

    def round(self, index):
        measured = {}
        names = self._setting.chosen("relay", "nginx", "haproxy", "weir")
        for name in self._setting.turns(names, index, self.NAME):
            with self._setting.alone(name) as target:
                # What every server makes with its first requests is no
                # stream's.
                self._setting.load.run(f"{name} before the streams",
                                       target.sse, seconds=1, warmup=0)
                measured[name] = self._measure(name, target)
        return measured
