"""Requests with a body of 1 MB, which the provider reads whole."""

BYTES = 1 << 20
CONNECTIONS = 8


class LargeBody:
    NAME = "body"

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        running = self._setting.running()
        names = [name for name in running if running[name].process]
        measured = {}
        for name in self._setting.turns(names, index, self.NAME):
            cpu_us, report = self._setting.load.cost(
                f"{name} with 1 MB bodies", running[name].process,
                running[name].json, "--connections", CONNECTIONS,
                "--body-bytes", BYTES)
            measured[name] = {"body.cpu_us": cpu_us,
                              "body.rps": report["json"]["rps"]}
        return measured
