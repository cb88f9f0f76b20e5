"""Requests to a provider that speaks TLS: over connections that are kept, and
each over a new one, whose session is resumed."""

import json
import subprocess

import provider
from measures.requests import saturation

# Ends the connection after each answer, and says so in its head.
CLOSING = {"status": {
    "code": 200, "headers": {"connection": "close"},
    "body": {"id": "1", "object": "chat.completion", "choices": [
        {"index": 0, "finish_reason": "stop",
         "message": {"role": "assistant", "content": "Some water."}}],
             "usage": {"prompt_tokens": 60, "completion_tokens": 2,
                       "total_tokens": 62}}}}


def make_certificate(directory):
    """Signed by itself: (certificate, its key)."""
    certificate, key = directory / "provider.crt", directory / "provider.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", f"/CN={provider.NAME}",
         "-addext", f"subjectAltName=DNS:{provider.NAME}"],
        check=True, stderr=subprocess.DEVNULL)
    return certificate, key


class Tls:
    NAME = "tls"

    def __init__(self, setting):
        self._setting = setting
        self._upstreams = None

    def _start_providers(self):
        """{kind of connection: upstream}"""
        directory = self._setting.own_directory(self.NAME)
        certificate, key = make_certificate(directory)

        def start(kind, *flags):
            port = provider.Provider(
                self._setting.stack, self._setting.bin, directory,
                "--tls-cert", certificate, "--tls-key", key, *flags,
                name=kind).port
            return provider.Upstream(port, certificate)
        return {"kept": start("kept"),
                "new": start("new", "--control", json.dumps(CLOSING))}

    def round(self, index):
        if self._upstreams is None:
            self._upstreams = self._start_providers()
        measured = {}
        names = self._setting.chosen("nginx", "haproxy", "weir")
        for name in self._setting.turns(names, index, self.NAME):
            measured[name] = {}
            for kind, upstream in self._upstreams.items():
                with self._setting.alone(name, upstream) as target:
                    measured[name].update({
                        f"tls.{kind}.{key}": value for key, value in saturation(
                            self._setting.load, f"{name} over {kind} TLS",
                            target.process, target.json).items()})
        return measured
