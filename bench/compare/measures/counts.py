"""Instructions and system calls, as bench/count.sh counts weir's."""

import counting
import targets

# What the table calls the cases.
METRICS = {"request": "request", "request at 2,000 rps": "paced",
           "chunk": "chunk"}


class Counts:
    """In the first round alone: they are the same each time."""
    NAME = "counts"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        if index > 0:
            return {}
        names = self._setting.chosen("relay", "nginx", "haproxy", "weir")
        return {name: self._count(name)
                for name in self._setting.turns(names, index, self.NAME)}

    def _count(self, name):
        setting = self._setting
        directory = setting.own_directory(self.NAME)

        def start(stack, **place):
            return targets.start(name, stack, setting.bin, directory,
                                 setting.upstream, **place)
        arguments = (start, setting.bin, setting.provider, directory)
        # valgrind 3.19 does not know the relay's epoll_pwait2().
        counted = {} if name == "relay" else counting.instructions(*arguments)
        called = counting.system_calls(*arguments)
        setting.provider.set({})
        return {
            **{f"counts.{METRICS[case]}.instructions": value
               for case, value in counted.items()},
            **{f"counts.{METRICS[case]}.calls": calls
               for case, calls in called.items()}}
