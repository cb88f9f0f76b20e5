"""What contradicts itself is refused at start, with what and where."""

import os
import subprocess
import tempfile
import unittest

import servers

NODE = ("weir-dataplane", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0")
CONTROL = ("weir-controlplane", "--grpc-listen=127.0.0.1:0",
           "--http-listen=127.0.0.1:0", "--store=sqlite://weir.db")
CTL = ("weirctl", "--timeout=1s")
FILES = "--control-plane-{}=x".format

# What is run, and words of what it says.
TABLE = (
    # A node.
    (("weir-dataplane", "--listen=127.0.0.1:8080",
      "--ops-listen=127.0.0.1:8080"), ("--listen", "--ops-listen", "same")),
    (("weir-dataplane", "--listen=127.0.0.1:8080",
      "--ops-listen=0.0.0.0:8080"), ("--listen", "--ops-listen", "same")),
    ((*NODE, "--max-body=2MiB", "--max-bytes-in-flight=1MiB"),
     ("--max-body 2097152", "--max-bytes-in-flight 1048576")),
    ((*NODE, "--max-body=0"), ("--max-body", "0 not in range 1 to")),
    ((*NODE, "--max-config=0"), ("--max-config", "0 not in range 1 to")),
    ((*NODE, "--access-log-sample=0.5"),
     ("--access-log-sample", "no --access-log")),
    ((*NODE, "--snapshot-cache=a", "--access-log=./a"),
     ("--access-log", "--snapshot-cache", "write over each other")),
    ((*NODE, "--snapshot-cache=a", "--usage-spool=a.1"),
     ("--usage-spool", "--snapshot-cache")),
    ((*NODE, "--snapshot-cache=."), ("--snapshot-cache .", "a directory")),
    ((*NODE, "--snapshot-cache=no/such/file"),
     ("--snapshot-cache no/such/file", "no directory no/such")),
    ((*NODE, "--usage-spool=/proc/nothing"), ("--usage-spool /proc/nothing",)),
    ((*NODE, "--access-log=no/such/file"), ("--access-log no/such/file",)),
    ((*NODE, "--control-plane=127.0.0.1:0"), ("--control-plane", "port 0")),
    ((*NODE, "--control-plane=10.0.0.1:7400"),
     ("--control-plane 10.0.0.1:7400", "--control-plane-ca", "--insecure")),
    ((*NODE, FILES("ca"), FILES("cert"), FILES("key"), "--insecure"),
     ("--insecure", "--control-plane-ca", "contradict")),
    ((*NODE, FILES("ca")), ("--control-plane-cert", "go together")),
    ((*NODE, FILES("ca"), FILES("cert"), FILES("key")), ("x: can't be read",)),
    ((*NODE, "--tls-cert=x"), ("--tls-cert", "--tls-key", "go together")),
    ((*NODE, "--workers=0"), ("--workers", "0")),
    # A control plane.
    (("weir-controlplane", "--grpc-listen=127.0.0.1:7400",
      "--http-listen=127.0.0.1:7400"), ("--grpc-listen", "--http-listen")),
    ((*CONTROL, "--grpc-listen=0.0.0.0:7400"), ("at Most 1",)),
    (("weir-controlplane", "--grpc-listen=0.0.0.0:7400"),
     ("--grpc-listen 0.0.0.0:7400", "--tls-cert", "--insecure")),
    ((*CONTROL, "--advertise=127.0.0.1:7400"),
     ("--advertise", "PostgreSQL", "--store")),
    ((*CONTROL, "--advertise=10.0.0.1:0"), ("--advertise", "port 0")),
    ((*CONTROL, "--resources=weir.db"),
     ("--store", "--resources", "same file")),
    (("weir-controlplane", "--store=postgresql://u:hidden@db.example/weir"),
     ("--store", "db.example", "sslmode=verify-full")),
    ((*CONTROL, "--usage-minutes-kept=100h", "--usage-hours-kept=10h"),
     ("--usage-hours-kept 10h", "--usage-minutes-kept 100h")),
    ((*CONTROL, "--rollout=off", "--rollout-settle=5s"),
     ("--rollout-settle", "--rollout off")),
    ((*CONTROL, "--rollout=off", "--rollout-max-error-rise=0.1"),
     ("--rollout-max-error-rise", "--rollout off")),
    ((*CONTROL, "--token-file=x"), ("--token-file", "TLS")),
    ((*CONTROL, "--tls-peer-name=x"), ("--tls-peer-name", "TLS")),
    ((*CONTROL, "--tls-cert=x"), ("--tls-key", "missing")),
    ((*CONTROL, "--insecure", "--tls-cert=x", "--tls-key=x",
      "--tls-client-ca=x"), ("--insecure", "--tls-cert", "contradict")),
    # weirctl.
    ((*CTL, "--server=10.0.0.1:7400", "status"),
     ("--server 10.0.0.1:7400", "--tls-ca", "--insecure")),
    ((*CTL, "--server=127.0.0.1:0", "status"), ("--server", "port 0")),
    ((*CTL, "--insecure", "--tls-ca=x", "status"),
     ("--insecure", "--tls-ca", "contradict")),
    ((*CTL, "--tls-cert=x", "status"), ("--tls-cert", "--tls-key")),
    ((*CTL, "--token=x", "status"), ("TLS", "--tls-ca")),
    # The simulated provider.
    (("weir-simprovider", "--tls-cert=x"), ("--tls-cert", "--tls-key")),
    (("weir-simprovider", "--dialect=x"), ("'x'", "openai")),
)


class ContradictionsTest(unittest.TestCase):
    def test_each_is_refused_with_the_flags_and_what_to_do(self):
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith("WEIR_")}
        with tempfile.TemporaryDirectory() as folder:
            for (name, *flags), words in TABLE:
                with self.subTest(command=" ".join((name, *flags))):
                    done = subprocess.run(
                        [servers.binary(name), *flags], cwd=folder, env=clean,
                        timeout=30, capture_output=True, text=True,
                        check=False)
                    self.assertEqual(done.returncode, 2,
                                     done.stdout + done.stderr)
                    for word in words:
                        self.assertIn(word.lower(), done.stderr.lower())

    def test_twins_in_the_environment_contradict_as_well(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [servers.binary(NODE[0]), *NODE[1:]], cwd=folder, timeout=30,
                env={"WEIR_ACCESS_LOG_SAMPLE": "0.5"}, capture_output=True,
                text=True, check=False)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn("--access-log-sample", done.stderr)


if __name__ == "__main__":
    unittest.main()
