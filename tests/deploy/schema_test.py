"""Every overlay keeps to the schemas of the oldest and the newest Kubernetes."""

import json
import pathlib
import unittest

from jsonschema import Draft7Validator

import manifests

SCHEMAS = pathlib.Path(__file__).resolve().parent / "testdata"
VERSIONS = ("v1.32.0", "v1.35.0")


class Schemas:
    """Validators by `apiVersion/kind`."""

    def __init__(self, version):
        core = json.loads((SCHEMAS / f"k8s-{version}.json").read_text())
        self._known = {
            kind: {"$ref": f"#/definitions/{name}",
                   "definitions": core["definitions"]}
            for kind, name in core["kinds"].items()}
        for path in SCHEMAS.glob("*-v1*.json"):
            if path.name.startswith("k8s-"):
                continue
            custom = json.loads(path.read_text())
            self._known[custom["gvk"]] = {**custom["schema"],
                                          "definitions": core["definitions"]}

    def problems(self, manifest):
        kind = f"{manifest.get('apiVersion')}/{manifest.get('kind')}"
        if kind not in self._known:
            return [f"no schema for {kind}"]
        found = []
        for error in Draft7Validator(self._known[kind]).iter_errors(manifest):
            for cause in error.context or [error]:
                path = ".".join(map(str, cause.absolute_path))
                found.append(f"{manifests.title(manifest)} .{path}: "
                             f"{cause.message[:200]}")
        return found


class SchemaTest(unittest.TestCase):
    def test_overlays_are_valid(self):
        for version in VERSIONS:
            schemas = Schemas(version)
            for overlay in manifests.OVERLAYS:
                bundle = manifests.Bundle(overlay)
                self.assertGreater(len(bundle.manifests), 10)
                for manifest in bundle.manifests:
                    with self.subTest(version=version, overlay=overlay,
                                      manifest=manifests.title(manifest)):
                        self.assertEqual(schemas.problems(manifest), [])

    def test_nothing_is_defined_twice(self):
        for overlay in manifests.OVERLAYS:
            titles = [manifests.title(manifest)
                      for manifest in manifests.Bundle(overlay).manifests]
            self.assertEqual(len(titles), len(set(titles)), overlay)

    def test_an_unknown_field_is_found(self):
        service = {"apiVersion": "v1", "kind": "Service",
                   "metadata": {"name": "s"},
                   "spec": {"ports": [{"port": 80, "portt": 1}]}}
        (problem,) = Schemas(VERSIONS[0]).problems(service)
        self.assertIn("portt", problem)

    def test_a_wrong_type_and_a_missing_field_are_found(self):
        scaler = {"apiVersion": "autoscaling/v2",
                  "kind": "HorizontalPodAutoscaler",
                  "metadata": {"name": "h"},
                  "spec": {"maxReplicas": "many"}}
        found = " ".join(Schemas(VERSIONS[1]).problems(scaler))
        self.assertIn("'many'", found)
        self.assertIn("scaleTargetRef", found)

    def test_a_key_that_stands_twice_is_refused(self):
        with self.assertRaisesRegex(Exception, "'a' stands twice"):
            manifests.read("{a: 1, a: 2}")


if __name__ == "__main__":
    unittest.main()
