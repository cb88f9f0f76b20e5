"""cert-manager makes what pods mount, and for whom weir takes it."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import manifests
import servers

RULES = manifests.ROOT / "deploy/prometheus/alert-rules.yaml"
HOURS = 3600
# The name of each certificate's twin that `weirctl certs init` makes.
TWINS = {"weir-controlplane": "controlplane", "weir-node": "node",
         "weir-admin": "admin"}
EXTENDED_USAGES = {"TLS Web Server Authentication": "server auth",
                   "TLS Web Client Authentication": "client auth"}


def seconds(duration):
    return int(re.fullmatch(r"(\d+)h", duration).group(1)) * HOURS


def openssl(path):
    """Subject's name, URIs, extended and plain usages of a certificate."""
    text = subprocess.run(
        ["openssl", "x509", "-in", path, "-noout", "-subject", "-ext",
         "subjectAltName,extendedKeyUsage,keyUsage"],
        check=True, timeout=30, capture_output=True, text=True).stdout
    usages = {word for label, word in EXTENDED_USAGES.items() if label in text}
    if "Digital Signature" in text:
        usages.add("digital signature")
    return (re.search(r"CN = (\S+)", text).group(1),
            re.findall(r"URI:([^,\s]+)", text), usages)


class CertificatesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = manifests.Bundle("production-gateway")
        cls.certificates = {
            each["metadata"]["name"]: each["spec"]
            for each in cls.bundle.all("Certificate")}

    def leaves(self):
        for name, spec in self.certificates.items():
            if not spec.get("isCA"):
                with self.subTest(certificate=name):
                    yield name, spec

    def made_into(self, secret):
        (spec,) = [spec for spec in self.certificates.values()
                   if spec["secretName"] == secret]
        return spec

    def mounted(self, binary):
        """The certificate that a plane shows the other."""
        (workload,) = [each for each in self.bundle.workloads()
                       if each.binary == binary]
        (volume,) = [volume for volume in workload.pod["volumes"]
                     if volume["name"] == "tls"]
        return workload, self.made_into(volume["secret"]["secretName"])

    def test_pods_mount_what_is_made(self):
        self.assertEqual(
            self.mounted("weir-controlplane")[1],
            self.certificates["weir-controlplane"])
        self.assertEqual(self.mounted("weir-dataplane")[1],
                         self.certificates["weir-node"])

    def test_pods_read_the_keys_that_cert_manager_writes(self):
        for binary in ("weir-controlplane", "weir-dataplane"):
            workload, _ = self.mounted(binary)
            folder = workload.mount_of("tls")
            read = {pathlib.PurePath(value).name
                    for value in workload.flags.values()
                    if value.startswith(folder + "/")}
            self.assertEqual(read, {"ca.crt", "tls.crt", "tls.key"})

    def test_the_control_plane_is_called_by_names_it_has(self):
        control, certificate = self.mounted("weir-controlplane")
        node, _ = self.mounted("weir-dataplane")
        self.assertLessEqual(
            {node.flags["--control-plane"].split(":")[0],
             control.flags["--tls-peer-name"], "localhost"},
            set(certificate["dnsNames"]))
        self.assertEqual(certificate["ipAddresses"], ["127.0.0.1"])

    def test_identities_are_those_of_certs_init(self):
        self.assertEqual({name for name, _ in self.leaves()}, set(TWINS))
        with tempfile.TemporaryDirectory() as folder:
            twins = servers.Certificates(folder).folder
            for name, spec in self.leaves():
                self.assertEqual(
                    (spec["commonName"], spec["uris"], set(spec["usages"])),
                    openssl(twins / f"{TWINS[name]}.crt"))

    def test_all_are_of_one_authority_that_is_made_here(self):
        for _, spec in self.leaves():
            issuer = self.bundle.get("Issuer", spec["issuerRef"]["name"])
            authority = self.made_into(issuer["spec"]["ca"]["secretName"])
            self.assertTrue(authority["isCA"])
            # Otherwise those of before don't verify when it was renewed.
            self.assertEqual(authority["privateKey"]["rotationPolicy"], "Never")
            # What it signs last must not outlive it.
            self.assertGreater(seconds(authority["renewBefore"]),
                               seconds(spec["duration"]))
            maker = self.bundle.get("Issuer", authority["issuerRef"]["name"])
            self.assertEqual(maker["spec"], {"selfSigned": {}})

    def test_renewal_comes_before_the_alert(self):
        (rule,) = [rule for group in yaml.safe_load(RULES.read_text())["groups"]
                   for rule in group["rules"]
                   if rule["alert"] == "WeirCertificateExpires"]
        days = int(re.search(r"< (\d+) \* 86400", rule["expr"]).group(1))
        for _, spec in self.leaves():
            # cert-manager's default: when a third is left.
            self.assertGreater(seconds(spec["duration"]) / 3,
                               2 * days * 24 * HOURS)

    def test_pods_mount_the_same_secrets_without_it(self):
        with_it = {workload.name: workload.pod["volumes"]
                   for workload in self.bundle.workloads()}
        without = {workload.name: workload.pod["volumes"] for workload
                   in manifests.Bundle("production").workloads()}
        self.assertEqual(with_it, without)


if __name__ == "__main__":
    unittest.main()
