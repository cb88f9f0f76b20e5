"""The simulated provider that every proxy stands in front of."""

import json
import pathlib
import urllib.request
from typing import NamedTuple, Optional

import processes


class Upstream(NamedTuple):
    """Where a proxy reaches it."""
    port: int
    # The authority of its certificate, for NAME; None: in plain text.
    authority: Optional[pathlib.Path] = None


# What its certificate says, if it has one.
NAME = "provider.test"


class Provider:
    """Runs from its start to the end of `stack`, beside the load."""

    def __init__(self, stack, bin_dir, directory, *flags, name="provider"):
        self._process = stack.enter_context(processes.Process(
            [bin_dir / "weir-simprovider", "--listen", "127.0.0.1:0", *flags],
            {processes.LOAD_CORE}, directory / f"{name}.log"))
        self.port = int(self._process.wait_for_line(
            r"listening on \S+:(\d+)").group(1))

    def set(self, settings):
        """As it was started, but for `settings`; it must speak plain text."""
        processes.post_json(f"http://127.0.0.1:{self.port}/__control",
                            {"reset": True, **settings})

    def requests(self):
        """How many it has had; it must speak plain text."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/__stats",
                                    timeout=5) as answer:
            return json.load(answer)["requests"]["total"]
