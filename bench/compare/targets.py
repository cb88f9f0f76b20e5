"""What is measured: each a server in front of the simulated provider.

A target's `start` returns (process, url for JSON, url for streams); the process
is None where there is none in between.
"""

import contextlib
import hashlib
import os
import shutil

from processes import Process, free_port

PROXY_CORE = 0
KEY = "bench-key"
MODEL = "bench"

NGINX = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {dir}/nginx.pid;
error_log {dir}/nginx.error.log;
{user}
events {{ worker_connections 16000; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  client_max_body_size 64m;
  keepalive_requests 100000000;
  upstream provider {{
    server 127.0.0.1:{provider};
    keepalive 2000;
    keepalive_requests 100000000;
  }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  server {{
    listen 127.0.0.1:{json};
    location / {{ proxy_pass http://provider; }}
  }}
  server {{
    listen 127.0.0.1:{sse};
    location / {{ proxy_pass http://provider; proxy_buffering off; }}
  }}
}}
"""

HAPROXY = """\
global
  nbthread 1
  maxconn 8000
defaults
  mode http
  maxconn 8000
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend clients
  bind 127.0.0.1:{json}
  default_backend provider
backend provider
  server provider 127.0.0.1:{provider}
"""

WEIR = """\
providers:
  - name: provider
    dialect: openai
    base_url: http://127.0.0.1:{provider}/v1
    health_check: {{kind: models, interval: 10s}}
models:
  - name: {model}
    targets: [{{provider: provider, model: {model}}}]
client_keys:
  - name: bench
    secret_sha256: {key_hash}
    models: [{model}]
"""


def _url(port):
    return f"http://127.0.0.1:{port}"


def direct(stack, bin_dir, directory, provider):
    del stack, bin_dir, directory
    return None, _url(provider), _url(provider)


def relay(stack, bin_dir, directory, provider):
    process = stack.enter_context(Process(
        [bin_dir / "epoll-relay", "127.0.0.1:0", f"127.0.0.1:{provider}"],
        PROXY_CORE, directory / "relay.log"))
    port = process.wait_for_line(r"listening on \S+:(\d+)").group(1)
    return process, _url(port), _url(port)


def nginx(stack, bin_dir, directory, provider):
    del bin_dir
    json, sse = free_port(), free_port()
    config = directory / "nginx.conf"
    config.write_text(NGINX.format(
        dir=directory, provider=provider, json=json, sse=sse,
        user="user root;" if os.geteuid() == 0 else ""))
    process = stack.enter_context(Process(
        [_tool("nginx"), "-p", directory, "-c", config],
        PROXY_CORE, directory / "nginx.log"))
    process.wait_for_port(sse)
    return process, _url(json), _url(sse)


def haproxy(stack, bin_dir, directory, provider):
    del bin_dir
    port = free_port()
    config = directory / "haproxy.cfg"
    config.write_text(HAPROXY.format(provider=provider, json=port))
    process = stack.enter_context(Process(
        [_tool("haproxy"), "-db", "-f", config],
        PROXY_CORE, directory / "haproxy.log"))
    process.wait_for_port(port)
    return process, _url(port), _url(port)


def node(stack, bin_dir, directory, resources, wrap=()):
    """A node and its control plane; `wrap` is the command that runs the node,
    such as valgrind's. Returns (process, url)."""
    config = directory / "weir.yaml"
    config.write_text(resources)
    grpc = free_port()
    # Not on the measured core: in production it is another machine.
    plane = stack.enter_context(Process(
        [bin_dir / "weir-controlplane", "--grpc-listen", f"127.0.0.1:{grpc}",
         "--http-listen", "127.0.0.1:0",
         "--store", f"sqlite:///{directory}/weir.db", "--resources", config],
        1, directory / "controlplane.log"))
    plane.wait_for_port(grpc)
    port, ops = free_port(), free_port()
    process = stack.enter_context(Process(
        [*wrap, bin_dir / "weir-dataplane", "--control-plane", f"127.0.0.1:{grpc}",
         "--listen", f"127.0.0.1:{port}", "--ops-listen", f"127.0.0.1:{ops}",
         "--workers", "1"],
        PROXY_CORE, directory / "dataplane.log"))
    process.wait_until_ready(f"http://127.0.0.1:{ops}/readyz")
    return process, _url(port)


def key_hash():
    return hashlib.sha256(KEY.encode()).hexdigest()


def weir(stack, bin_dir, directory, provider, wrap=()):
    process, url = node(stack, bin_dir, directory, WEIR.format(
        provider=provider, model=MODEL, key_hash=key_hash()), wrap)
    return process, url, url


def _tool(name):
    path = shutil.which(name, path=os.environ.get("PATH", "")
                        + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        raise RuntimeError(f"{name} is not installed (apt-get install "
                           f"{'nginx-light' if name == 'nginx' else name})")
    return path


# In the order of the table; `direct` is what the others' latency is added to.
ALL = {"direct": direct, "relay": relay, "nginx": nginx, "haproxy": haproxy,
       "weir": weir}


@contextlib.contextmanager
def running(names, bin_dir, directory, provider):
    """All targets at once, by name; the idle ones cost nothing."""
    with contextlib.ExitStack() as stack:
        yield {name: ALL[name](stack, bin_dir, directory, provider)
               for name in names}
