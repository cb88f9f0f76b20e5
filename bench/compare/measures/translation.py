"""The same requests of OpenAI's API to a provider of each dialect: the first
gets the client's own bytes, the others a translation."""

import contextlib

import provider
import targets
import weir_servers
from measures.requests import saturation
from measures.streams import streams

# The first is the client's. Each names a provider and the model that it has.
BASE_PATHS = {"openai": "/v1", "anthropic": "/v1", "gemini": "/v1beta"}
CLIENTS = "openai"

MODEL = """\
  - name: {dialect}
    max_output_tokens: 100000
    targets: [{{provider: {dialect}, model: {dialect}}}]
"""


def resources(ports):
    """`ports`: {dialect: port}"""
    providers = "".join(
        weir_servers.provider(dialect, port, dialect, BASE_PATHS[dialect])
        for dialect, port in ports.items())
    models = "".join(MODEL.format(dialect=dialect) for dialect in ports)
    return (f"providers:\n{providers}models:\n{models}"
            f"client_keys:\n{weir_servers.client_key('bench')}")


def start_providers(stack, bin_dir, directory):
    """{dialect: provider}"""
    return {dialect: provider.Provider(stack, bin_dir, directory, "--dialect",
                                       dialect, name=dialect)
            for dialect in BASE_PATHS}


def start_node(stack, bin_dir, directory, providers, wrap=()):
    """One that leads to all of them."""
    plane = weir_servers.start_plane(
        stack, bin_dir, directory,
        resources({dialect: one.port for dialect, one in providers.items()}))
    return weir_servers.start_node(stack, bin_dir, directory, plane.address,
                                   wrap=wrap)


def measure(generator, target, dialect, upstream):
    """{metric: value}"""
    whole = saturation(generator, f"{dialect}, requests", target.process,
                       target.json, model=dialect)
    chunks = streams(generator, upstream, f"{dialect}, streams", target,
                     Translation.STREAMS, Translation.CHUNK_SECONDS,
                     model=dialect)
    return {"rps": whole["rps"], "request": whole["cpu_us"],
            "chunk": chunks["cpu_us"]}


class Translation:
    NAME = "translation"
    NEEDS = "weir"
    STREAMS = 1000
    CHUNK_SECONDS = 0.02

    def __init__(self, setting):
        self._setting = setting

    def round(self, index):
        setting = self._setting
        measured = {}
        with contextlib.ExitStack() as stack:
            directory = setting.own_directory(self.NAME)
            providers = start_providers(stack, setting.bin, directory)
            node = start_node(stack, setting.bin, directory, providers)
            target = targets.Target(node.process, node.url, node.url)
            for dialect in setting.turns(BASE_PATHS, index, self.NAME):
                result = measure(setting.load, target, dialect,
                                 providers[dialect])
                measured.update({f"translation.{dialect}.{key}": value
                                 for key, value in result.items()})
        return {"weir": measured}
