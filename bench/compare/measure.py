"""One measurement of one target: the load, and what it cost the proxy."""

import json
import os
import subprocess
import time

import processes
import targets

LOAD_CORE = 1
WARMUP_SECONDS = 1
SATURATING_CONNECTIONS = 32
RATES = (2000, 5000)
STREAMS = 1000
CHUNK_SECONDS = 0.02
QUANTILES = ("p50", "p99", "p99.9")


class Bench:
    """Runs the load generator, and sets the provider's speed for it."""

    def __init__(self, loadgen, provider_port, seconds, model=targets.MODEL):
        self._loadgen = loadgen
        self._model = model
        self._provider = f"http://127.0.0.1:{provider_port}"
        self._seconds = seconds
        self.errors = []

    def set_provider(self, settings):
        processes.post_json(f"{self._provider}/__control",
                            {"reset": True, **settings})

    def _command(self, url, *flags):
        return [str(self._loadgen), "--json", "--url", url,
                "--key", targets.KEY, "--model", self._model,
                "--duration", f"{self._seconds + WARMUP_SECONDS}s",
                "--warmup", f"{WARMUP_SECONDS}s", *map(str, flags)]

    def _start(self, url, *flags):
        return subprocess.Popen(
            self._command(url, *flags), stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}))

    def _finish(self, load, what):
        """The generator's report; it must be without a failure."""
        try:
            output, _ = load.communicate(timeout=self._seconds + 60)
        finally:
            load.kill()
        report = json.loads(output)
        if report["failed"] or report["unsent"] or load.returncode:
            self.errors.append(
                f"{what}: {report['failed']} failed, {report['unsent']} "
                f"unsent: {report['failures'][:3]}")
        return report

    def saturation(self, name, process, url):
        """As many requests as go through."""
        before = process.cpu_ns() if process else 0
        load = self._start(url, "--connections", SATURATING_CONNECTIONS)
        report = self._finish(load, f"{name} at saturation")
        result = {"rps": report["json"]["rps"]}
        if process:
            # All requests, those of the warm-up too, since the CPU time is.
            cpu = process.cpu_ns() - before
            result["cpu_us"] = cpu / 1000 / max(1, report["requests"])
            result["rss_mb"] = process.rss_kb() / 1024
        return result

    def at_rate(self, name, process, url, rate):
        """A constant rate, open-loop."""
        before = process.cpu_ns() if process else 0
        load = self._start(url, "--rate", rate)
        report = self._finish(load, f"{name} at {rate} rps")
        result = {q: report["json"]["latency_ms"][q] for q in QUANTILES}
        if process:
            cpu = process.cpu_ns() - before
            result["cpu_us"] = cpu / 1000 / max(1, report["requests"])
        return result

    def streams(self, name, process, url):
        """Many slow streams at once."""
        self.set_provider({"tokens": 1_000_000,
                           "tokens_per_second": 1 / CHUNK_SECONDS})
        before = process.cpu_ns() if process else 0
        rss_before = process.rss_kb() if process else 0
        load = self._start(url, "--streams", STREAMS)
        # All streams run by then, and none has ended.
        time.sleep(WARMUP_SECONDS + self._seconds * 0.7)
        rss = process.rss_kb() if process else 0
        report = self._finish(load, f"{name} with {STREAMS} streams")
        cpu = process.cpu_ns() - before if process else 0
        self.set_provider({})
        events = report["sse"]["events"]
        result = {"events_per_s": report["sse"]["events_per_s"]}
        if report["sse"]["unfinished"] != STREAMS:
            self.errors.append(f"{name}: only {report['sse']['unfinished']} of "
                               f"{STREAMS} streams ran to the end")
        if process:
            result["cpu_us"] = cpu / 1000 / max(1, events)
            result["kb"] = (rss - rss_before) / STREAMS
        return result

    def everything(self, name, process, json_url, sse_url):
        """All measurements of one target, as one flat dictionary."""
        results = {}

        def add(prefix, measured):
            results.update({f"{prefix}.{k}": v for k, v in measured.items()})
        add("sat", self.saturation(name, process, json_url))
        for rate in RATES:
            add(str(rate), self.at_rate(name, process, json_url, rate))
        add("sse", self.streams(name, process, sse_url))
        return results
