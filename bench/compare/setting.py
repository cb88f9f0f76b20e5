"""What all measures share: binaries, the provider, the load, the targets."""

import contextlib
import sys

import load
import provider
import targets


class Setting:
    """One run of the script, in which measures take turns."""

    def __init__(self, stack, bin_dir, directory, seconds, names):
        """`stack`: what runs is ended with it. `seconds`: of each measurement.
        `names`: of the targets."""
        self.stack = stack
        self.bin = bin_dir
        self.directory = directory
        self.load = load.Load(bin_dir, seconds)
        self.provider = provider.Provider(stack, bin_dir, directory)
        self.upstream = provider.Upstream(self.provider.port)
        self._names = names
        self._running = {}
        self._run = stack.enter_context(contextlib.ExitStack())

    def running(self):
        """{name: target}, all at once, from one measure to the next: the idle
        ones cost nothing."""
        if not self._running:
            self._running = {
                name: targets.start(name, self._run, self.bin, self.directory,
                                    self.upstream) for name in self._names}
        return self._running

    def end_running(self):
        """For who must be alone. They are started anew when they are needed."""
        self._running = {}
        self._run.close()

    def alone(self, name, upstream=None, **place):
        """One that has done nothing yet, for the length of a `with` block."""
        return targets.alone(name, self.bin, self.directory,
                             upstream or self.upstream, **place)

    def own_directory(self, name):
        return targets.own_directory(self.directory, name)

    def chosen(self, *names):
        """Those of `names` that the run is about."""
        return [name for name in names if name in self._names]

    def turns(self, cases, index, what):
        """`cases`, in another order each round, each said before its turn: the
        name of a target, or a tuple of what tells one from the next."""
        cases = list(cases)
        first = index % len(cases) if cases else 0
        for case in cases[first:] + cases[:first]:
            said = case if isinstance(case, str) else " ".join(map(str, case))
            print(f"round {index + 1}: {what}: {said}", file=sys.stderr,
                  flush=True)
            yield case
