"""What `production` promises in numbers: replicas, scaling and disruptions."""

import unittest

import manifests

ROLLING_OVERLAYS = ("production", "production-keda", "production-gateway")


class ProductionTest(unittest.TestCase):
    def bundles(self):
        for overlay in ROLLING_OVERLAYS:
            with self.subTest(overlay=overlay):
                yield manifests.Bundle(overlay)

    def test_nodes_scale_by_what_costs_them(self):
        scaler = manifests.Bundle("production").get(
            "HorizontalPodAutoscaler", "weir-dataplane")["spec"]
        self.assertEqual((scaler["minReplicas"], scaler["maxReplicas"]),
                         (3, 20))
        wanted = {}
        for metric in scaler["metrics"]:
            if metric["type"] == "Resource":
                resource = metric["resource"]
                wanted[resource["name"]] = (
                    resource["target"]["averageUtilization"])
            else:
                wanted[metric["pods"]["metric"]["name"]] = int(
                    metric["pods"]["target"]["averageValue"])
        self.assertEqual(wanted, {
            "cpu": 70, "memory": 80, "http_requests_per_second": 1000,
            "weir_streams_in_flight": 2000})

    def test_out_fast_and_in_slowly(self):
        behavior = manifests.Bundle("production").get(
            "HorizontalPodAutoscaler", "weir-dataplane")["spec"]["behavior"]
        self.assertEqual(behavior["scaleDown"], {
            "stabilizationWindowSeconds": 300,
            "policies": [{"type": "Percent", "value": 10,
                          "periodSeconds": 60}]})
        self.assertEqual(behavior["scaleUp"], {
            "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
            "policies": [
                {"type": "Percent", "value": 100, "periodSeconds": 15},
                {"type": "Pods", "value": 4, "periodSeconds": 15}]})

    def test_disruptions_leave_two_nodes_and_a_control_plane(self):
        for bundle in self.bundles():
            self.assertEqual(
                {budget["metadata"]["name"]: budget["spec"]["minAvailable"]
                 for budget in bundle.all("PodDisruptionBudget")},
                {"weir-dataplane": 2, "weir-controlplane": 1})

    def test_pods_stand_apart(self):
        for bundle in self.bundles():
            node = manifests.Workload(bundle.get("Deployment",
                                                 "weir-dataplane"))
            (affinity,) = node.pod["affinity"]["podAntiAffinity"][
                "preferredDuringSchedulingIgnoredDuringExecution"]
            self.assertTrue(manifests.matches(
                affinity["podAffinityTerm"]["labelSelector"], node.labels))
            control = manifests.Workload(bundle.get("Deployment",
                                                    "weir-controlplane"))
            for workload in (node, control):
                (spread,) = workload.pod["topologySpreadConstraints"]
                self.assertEqual(spread["maxSkew"], 1)
                self.assertTrue(manifests.matches(spread["labelSelector"],
                                                  workload.labels))

    def test_two_control_planes_on_a_database_or_one_on_a_volume(self):
        for bundle in self.bundles():
            control = bundle.get("Deployment", "weir-controlplane")
            self.assertEqual(control["spec"]["replicas"], 2)
            self.assertEqual(control["spec"]["strategy"]["rollingUpdate"],
                             {"maxSurge": 1, "maxUnavailable": 0})
            self.assertEqual(bundle.all("StatefulSet"), [])
            self.assertNotIn("--store", manifests.Workload(control).flags)
        alone = manifests.Bundle("local").get("StatefulSet",
                                              "weir-controlplane")
        self.assertEqual(alone["spec"]["replicas"], 1)
        (claim,) = alone["spec"]["volumeClaimTemplates"]
        folder = manifests.Workload(alone).mount_of(claim["metadata"]["name"])
        self.assertTrue(manifests.Workload(alone).flags["--store"].startswith(
            f"sqlite://{folder}/"))

    def test_a_stream_outlives_the_ingress_patience(self):
        annotations = manifests.Bundle("production").get(
            "Ingress", "weir")["metadata"]["annotations"]
        prefix = "nginx.ingress.kubernetes.io/"
        self.assertEqual(annotations[prefix + "proxy-buffering"], "off")
        for name in ("proxy-read-timeout", "proxy-send-timeout"):
            self.assertGreaterEqual(int(annotations[prefix + name]), 3600)
        (route,) = manifests.Bundle("production-gateway").all("HTTPRoute")
        for rule in route["spec"]["rules"]:
            self.assertEqual(set(rule["timeouts"].values()), {"0s"})


if __name__ == "__main__":
    unittest.main()
