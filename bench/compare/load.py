"""The load generator: runs it, and sees to it that nothing failed."""

import json
import os
import subprocess

import processes

KEY = "bench-key"
MODEL = "bench"
WARMUP_SECONDS = 1
# Of what still runs when the time is up.
TAIL_SECONDS = 60


class Load:
    """`errors` holds all that went wrong, in all runs."""

    def __init__(self, bin_dir, seconds):
        """`seconds`: of a run, without its warm-up."""
        self._loadgen = bin_dir / "weir-loadgen"
        self.seconds = seconds
        self.errors = []

    def start(self, url, *flags, warmup=WARMUP_SECONDS, seconds=None,
              model=MODEL, key=KEY):
        command = [self._loadgen, "--json", "--url", url, "--key", key,
                   "--model", model, "--warmup", f"{warmup}s", "--duration",
                   f"{(seconds or self.seconds) + warmup}s", *flags]
        return subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, {processes.LOAD_CORE}))

    def finish(self, running, what):
        """The generator's report; it must be without a failure."""
        try:
            output, _ = running.communicate(timeout=self.seconds + TAIL_SECONDS)
        finally:
            running.kill()
        report = json.loads(output)
        if report["failed"] or report["unsent"] or running.returncode:
            self.errors.append(
                f"{what}: {report['failed']} failed, {report['unsent']} "
                f"unsent: {report['failures'][:3]}")
        if not report["requests"]:
            self.errors.append(f"{what}: there was no request")
        return report

    def run(self, what, url, *flags, **options):
        return self.finish(self.start(url, *flags, **options), what)

    def cost(self, what, process, url, *flags, **options):
        """(CPU us of `process` a request, report). All requests count, those
        of the warm-up too, since the CPU time does; None for no process."""
        before = process.cpu_ns() if process else 0
        report = self.run(what, url, *flags, **options)
        if process is None:
            return None, report
        spent = process.cpu_ns() - before
        return spent / 1000 / max(1, report["requests"]), report
