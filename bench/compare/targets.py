"""What is measured: each a server in front of the simulated provider."""

import contextlib
import os
import pathlib
import shutil
import tempfile
from typing import NamedTuple, Optional

import processes
import provider
import weir_servers

NGINX = """\
daemon off;
{processes}
worker_rlimit_nofile 20000;
pid {dir}/nginx.pid;
error_log {dir}/nginx.error.log;
{user}
# More than are needed: with a sixteenth left it resets those that wait.
events {{ worker_connections 24000; }}
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
  {tls}
  server {{
    listen 127.0.0.1:{json} reuseport backlog=4096;
    location / {{ proxy_pass {scheme}://provider; }}
  }}
  server {{
    listen 127.0.0.1:{sse} reuseport backlog=4096;
    location / {{ proxy_pass {scheme}://provider; proxy_buffering off; }}
  }}
}}
"""
# What weir does as well: it verifies, offers both versions, resumes.
NGINX_TLS = """\
  proxy_ssl_verify on;
  proxy_ssl_trusted_certificate {authority};
  proxy_ssl_server_name on;
  proxy_ssl_name {name};
  proxy_ssl_protocols TLSv1.2 TLSv1.3;
  proxy_ssl_session_reuse on;
"""

HAPROXY = """\
global
  nbthread 1
  maxconn 9900
defaults
  mode http
  maxconn 9900
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
  # Else the kernel may hold a stream's events for 200 ms and join them.
  option http-no-delay
frontend clients
  bind 127.0.0.1:{json}
  default_backend provider
backend provider
  server provider 127.0.0.1:{provider} {tls}
"""
HAPROXY_TLS = ("ssl verify required ca-file {authority} sni str({name}) "
               "verifyhost {name}")


class Target(NamedTuple):
    # None: there is none in between.
    process: Optional[processes.Process]
    json: str
    # For streams.
    sse: str


class Place(NamedTuple):
    """Where a target is put."""
    bin: pathlib.Path
    # Its own.
    directory: pathlib.Path
    cores: frozenset = frozenset({processes.PROXY_CORE})
    workers: int = 1
    # The command that runs it, such as valgrind's.
    wrap: tuple = ()


def _url(port):
    return f"http://127.0.0.1:{port}"


def _start(stack, place, log, command):
    return stack.enter_context(processes.Process(
        [*place.wrap, *command], place.cores, place.directory / log))


def direct(stack, place, upstream):
    del stack, place
    return Target(None, _url(upstream.port), _url(upstream.port))


def relay(stack, place, upstream):
    process = _start(stack, place, "relay.log", [
        place.bin / "epoll-relay", "127.0.0.1:0", f"127.0.0.1:{upstream.port}"])
    port = process.wait_for_line(r"listening on \S+:(\d+)").group(1)
    return Target(process, _url(port), _url(port))


def nginx(stack, place, upstream):
    json, sse = processes.free_port(), processes.free_port()
    config = place.directory / "nginx.conf"
    tls = upstream.authority
    config.write_text(NGINX.format(
        dir=place.directory, provider=upstream.port, json=json, sse=sse,
        # To be counted it must not fork.
        processes=("master_process off;" if place.wrap
                   else f"worker_processes {place.workers};"),
        user="user root;" if os.geteuid() == 0 else "",
        scheme="https" if tls else "http",
        tls=(NGINX_TLS.format(authority=tls, name=provider.NAME)
             if tls else "")))
    process = _start(stack, place, "nginx.log", [
        _tool("nginx"), "-p", place.directory, "-c", config])
    process.wait_for_port(sse)
    return Target(process, _url(json), _url(sse))


def haproxy(stack, place, upstream):
    port = processes.free_port()
    config = place.directory / "haproxy.cfg"
    tls = upstream.authority
    config.write_text(HAPROXY.format(
        provider=upstream.port, json=port,
        tls=(HAPROXY_TLS.format(authority=tls, name=provider.NAME)
             if tls else "")))
    process = _start(stack, place, "haproxy.log", [
        _tool("haproxy"), "-db", "-f", config])
    process.wait_for_port(port)
    return Target(process, _url(port), _url(port))


def weir(stack, place, upstream):
    plane = weir_servers.start_plane(
        stack, place.bin, place.directory,
        weir_servers.simple_resources(upstream, provider.NAME))
    node = weir_servers.start_node(
        stack, place.bin, place.directory, plane.address,
        workers=place.workers, cores=place.cores, wrap=place.wrap)
    return Target(node.process, node.url, node.url)


def _tool(name):
    path = shutil.which(name, path=os.environ.get("PATH", "")
                        + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        raise RuntimeError(f"{name} is not installed (apt-get install "
                           f"{'nginx-light' if name == 'nginx' else name})")
    return path


# In the order of the tables; `direct` is what the others' latency is added to.
ALL = {"direct": direct, "relay": relay, "nginx": nginx, "haproxy": haproxy,
       "weir": weir}
BINARIES = {"relay": {"epoll-relay"},
            "weir": {"weir-controlplane", "weir-dataplane", "weirctl"}}


def own_directory(directory, name):
    """A new one in `directory`."""
    return pathlib.Path(tempfile.mkdtemp(dir=directory, prefix=f"{name}-"))


def start(name, stack, bin_dir, directory, upstream, **place):
    return ALL[name](
        stack, Place(bin_dir, own_directory(directory, name), **place),
        upstream)


@contextlib.contextmanager
def alone(name, bin_dir, directory, upstream, **place):
    """One target, freshly started, ended with the block."""
    with contextlib.ExitStack() as stack:
        yield start(name, stack, bin_dir, directory, upstream, **place)
