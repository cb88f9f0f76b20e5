"""weir's own two servers: a control plane, and a node that it leads."""

import hashlib
from typing import NamedTuple

import load
import processes

PROVIDER = """\
  - name: {name}
    dialect: {dialect}
    base_url: {scheme}://127.0.0.1:{port}{path}
    health_check: {{kind: {probe}, interval: {interval}}}
"""
TLS = """\
    tls: {{ca_file: {authority}, server_name: {name}}}
"""
# Of a control plane of thousands of targets, which shares a core with the load:
# a delay of the load would pass for one of the node, and fewer requests at once
# for dearer ones.
NICENESS = 15
# Connections of clients, at most: two descriptors each, of 20,000.
MAX_CONNECTIONS = 9600


class Plane(NamedTuple):
    process: processes.Process
    # host:port of its gRPC.
    address: str


class Node(NamedTuple):
    process: processes.Process
    url: str
    # Where its metrics are.
    ops: str


def key_hash(key=load.KEY):
    return hashlib.sha256(key.encode()).hexdigest()


def provider(name, port, dialect="openai", path="/v1", probe="models",
             interval="10s", scheme="http"):
    """One entry of the list `providers`."""
    return PROVIDER.format(name=name, port=port, dialect=dialect, path=path,
                           probe=probe, interval=interval, scheme=scheme)


def client_key(name, key=load.KEY, models='"*"'):
    """One entry of the list `client_keys`."""
    return (f"  - {{name: {name}, secret_sha256: {key_hash(key)}, "
            f"models: [{models}]}}\n")


def simple_resources(upstream, server_name):
    """One provider, one model with one target, one key."""
    entry = provider("provider", upstream.port,
                     scheme="https" if upstream.authority else "http")
    if upstream.authority:
        entry += TLS.format(authority=upstream.authority, name=server_name)
    return (f"providers:\n{entry}models:\n"
            f"  - name: {load.MODEL}\n    targets: [{{provider: provider}}]\n"
            f"client_keys:\n{client_key('bench')}")


def start_plane(stack, bin_dir, directory, resources, *flags, cores=None,
                niceness=0):
    """One whose registry is kept equal to `resources`; None: it is empty, and
    operators change it. Not on the measured core by default: in production it
    is another machine."""
    kept = []
    if resources is not None:
        kept = ["--resources", directory / "weir.yaml"]
        kept[1].write_text(resources)
    grpc = processes.free_port()
    process = stack.enter_context(processes.Process(
        [bin_dir / "weir-controlplane", "--grpc-listen", f"127.0.0.1:{grpc}",
         "--http-listen", "127.0.0.1:0",
         "--store", f"sqlite:///{directory}/weir.db", *kept, *flags],
        cores or {processes.LOAD_CORE}, directory / "controlplane.log",
        niceness))
    process.wait_for_port(grpc)
    return Plane(process, f"127.0.0.1:{grpc}")


def launch_node(stack, bin_dir, directory, address, *flags, workers=1,
                cores=None, wrap=()):
    """Without waiting for it. `wrap`: the command that runs it, such as
    valgrind's."""
    port, ops = processes.free_port(), processes.free_port()
    process = stack.enter_context(processes.Process(
        [*wrap, bin_dir / "weir-dataplane", "--control-plane", address,
         "--listen", f"127.0.0.1:{port}", "--ops-listen", f"127.0.0.1:{ops}",
         "--max-connections", MAX_CONNECTIONS, "--workers", workers, *flags],
        cores or {processes.PROXY_CORE}, directory / "dataplane.log"))
    return Node(process, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{ops}")


def start_node(*arguments, **options):
    node = launch_node(*arguments, **options)
    node.process.wait_until_ready(f"{node.ops}/readyz")
    return node
