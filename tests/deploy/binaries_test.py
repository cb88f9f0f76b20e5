"""Manifests say what the binaries accept, listen on and answer."""

import functools
import re
import subprocess
import tempfile
import unittest

import manifests
import servers

# What a pod's file system has, a test's has not.
LOCAL_VALUES = {"--snapshot-cache", "--store", "--resources",
                "--tls-cert", "--tls-key", "--tls-client-ca",
                "--control-plane-ca", "--control-plane-cert",
                "--control-plane-key"}
LISTEN_FLAGS = {"weir-controlplane": {"--grpc-listen": "grpc",
                                      "--http-listen": "http"},
                "weir-dataplane": {"--listen": "http", "--ops-listen": "ops"},
                "weir-simprovider": {"--listen": "http"}}


def run(binary, *arguments):
    return subprocess.run([servers.binary(binary), *arguments], timeout=30,
                          capture_output=True, text=True, check=False)


@functools.cache
def documented(binary):
    """Defaults (or None) by flag, and environment twins, as --help says."""
    text = run(binary, "--help").stdout
    flags = {}
    for flag, rest in re.findall(r"^  (?:-\w,)?(--[\w-]+)(.*)$", text, re.M):
        default = re.search(r"HOST:PORT=(\S+)", rest)
        flags[flag] = default.group(1) if default else None
    return flags, set(re.findall(r"\(?Env:(\w+)\)", text))


def workloads():
    for overlay in manifests.OVERLAYS:
        for workload in manifests.Bundle(overlay).workloads():
            yield overlay, workload


class CommandLineTest(unittest.TestCase):
    def test_every_flag_and_variable_exists(self):
        for overlay, workload in workloads():
            flags, variables = documented(workload.binary)
            with self.subTest(overlay=overlay, workload=workload.name):
                self.assertEqual(set(workload.flags) - set(flags), set())
                for variable in workload.container.get("env", []):
                    self.assertIn(variable["name"],
                                  variables | set(workload.pod_facts))

    def test_every_value_is_accepted(self):
        # --version ends a command line that is right; a wrong one exits 2.
        for overlay, workload in workloads():
            given = [f"{flag}={value}" for flag, value
                     in workload.flags.items() if flag not in LOCAL_VALUES]
            done = run(workload.binary, *given, "--version")
            with self.subTest(overlay=overlay, workload=workload.name):
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_planes_have_tls_or_say_insecure(self):
        tls = {"weir-controlplane": {"--tls-cert", "--tls-key",
                                     "--tls-client-ca"},
               "weir-dataplane": {"--control-plane-ca", "--control-plane-cert",
                                  "--control-plane-key"}}
        for overlay, workload in workloads():
            if workload.binary not in tls:
                continue
            given = tls[workload.binary] & set(workload.flags)
            with self.subTest(overlay=overlay, workload=workload.name):
                if overlay == "local":
                    self.assertEqual(workload.flags["--insecure"], "true")
                    self.assertEqual(given, set())
                else:
                    self.assertNotIn("--insecure", workload.flags)
                    self.assertEqual(given, tls[workload.binary])

    def test_a_flag_that_does_not_exist_would_be_found(self):
        self.assertNotIn("--no-such-flag", documented("weir-dataplane")[0])
        self.assertEqual(
            run("weir-dataplane", "--no-such-flag=1").returncode, 2)

    def test_images_have_the_binaries_version(self):
        for overlay, workload in workloads():
            version = re.search(r"\d+\.\d+\.\d+", run(
                workload.binary, "--version").stdout).group(0)
            tag = workload.container["image"].rsplit(":", 1)[1]
            with self.subTest(overlay=overlay, workload=workload.name):
                self.assertEqual(tag, version)

    def test_ports_are_those_listened_on_and_the_usual_ones(self):
        for overlay, workload in workloads():
            flags, _ = documented(workload.binary)
            with self.subTest(overlay=overlay, workload=workload.name):
                listened = {}
                for flag, name in LISTEN_FLAGS[workload.binary].items():
                    host, port = workload.flags[flag].rsplit(":", 1)
                    # A pod's port is asked on the pod's address.
                    self.assertEqual(host, "0.0.0.0")
                    usual = int(flags[flag].rsplit(":", 1)[1])
                    self.assertIn(usual, (0, int(port)))
                    listened[name] = int(port)
                self.assertEqual(listened, workload.ports)

    def test_nodes_call_the_control_planes_service(self):
        for overlay in manifests.OVERLAYS:
            bundle = manifests.Bundle(overlay)
            for workload in bundle.workloads():
                if workload.binary != "weir-dataplane":
                    continue
                host, port = workload.flags["--control-plane"].split(":")
                service = bundle.get("Service", host)
                self.assertIn(int(port), {
                    each["port"] for each in service["spec"]["ports"]})

    def test_files_are_where_volumes_are(self):
        for overlay, workload in workloads():
            mounts = [mount["mountPath"] for mount
                      in workload.container.get("volumeMounts", [])]
            for flag in LOCAL_VALUES & set(workload.flags):
                path = workload.flags[flag].removeprefix("sqlite://")
                with self.subTest(overlay=overlay, flag=flag):
                    self.assertTrue(path.startswith("/"))
                    self.assertTrue(any(path.startswith(mount + "/")
                                        for mount in mounts), path)


class EndpointTest(unittest.TestCase):
    """Probes and scrapes are answered by servers that run."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.control = cls.enterClassContext(
            servers.ControlPlane(cls.folder))
        cls.provider = cls.enterClassContext(
            servers.Provider(cls.folder, "sim"))
        cls.node = cls.enterClassContext(
            servers.Node(cls.folder, cls.control.grpc))
        cls.addresses = {
            ("weir-controlplane", "http"): cls.control.http,
            ("weir-dataplane", "http"): cls.node.api,
            ("weir-dataplane", "ops"): cls.node.ops}

    def apply(self, overlay, *flags):
        resources = manifests.Bundle(overlay).get(
            "ConfigMap", "weir-resources")["data"]["resources.yaml"]
        path = f"{self.folder}/{overlay}.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(resources)
        return servers.ctl(self.control.grpc, "apply", "-f", path, *flags)

    def test_resources_are_accepted(self):
        for overlay in manifests.OVERLAYS:
            with self.subTest(overlay=overlay):
                self.assertTrue(self.apply(overlay, "--dry-run"))

    def test_probes_are_answered_once_there_is_a_configuration(self):
        self.apply("local")
        asked = {(workload.binary, probe["httpGet"]["port"],
                  probe["httpGet"]["path"])
                 for _, workload in workloads()
                 for _, probe in workload.probes() if "httpGet" in probe}
        self.assertEqual(len(asked), 4)
        for binary, port, path in asked:
            url = f"http://{self.addresses[(binary, port)]}{path}"
            with self.subTest(binary=binary, port=port, path=path):
                servers.eventually(
                    lambda url=url: servers.fetch(url)[0] == 200, url)

    def test_only_readiness_says_no_before_that(self):
        with servers.Node(self.folder, "127.0.0.1:1", name="alone") as node:
            self.assertEqual(
                servers.fetch(f"http://{node.ops}/health")[0], 200)
            self.assertEqual(
                servers.fetch(f"http://{node.api}/health/full")[0], 503)

    def test_monitors_scrape_metrics(self):
        bundle = manifests.Bundle("production")
        for binary, monitor, field in (
                ("weir-dataplane", bundle.all("PodMonitor")[0],
                 "podMetricsEndpoints"),
                ("weir-controlplane", bundle.all("ServiceMonitor")[0],
                 "endpoints")):
            (endpoint,) = monitor["spec"][field]
            address = self.addresses[(binary, endpoint["port"])]
            status, page = servers.fetch(f"http://{address}{endpoint['path']}")
            self.assertEqual(status, 200)
            self.assertIn("weir_build_info", page)


if __name__ == "__main__":
    unittest.main()
