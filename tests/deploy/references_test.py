"""What manifests say of each other holds, and of hardening and of draining."""

import re
import unittest

import manifests

ROLLOUT_MARGIN_SECONDS = 10


def seconds(duration):
    """Of a flag's value: 10s, 5m."""
    number, unit = re.fullmatch(r"(\d+)(s|m)", duration).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


class ReferencesTest(unittest.TestCase):
    def each(self, *kinds):
        """Every object of these kinds with its bundle, as a subtest."""
        for overlay in manifests.OVERLAYS:
            bundle = manifests.Bundle(overlay)
            for manifest in bundle.all(*kinds):
                with self.subTest(overlay=overlay,
                                  manifest=manifests.title(manifest)):
                    yield bundle, manifest

    def each_workload(self):
        for bundle, manifest in self.each(*manifests.WORKLOADS):
            yield bundle, manifests.Workload(manifest)

    def test_everything_is_in_one_namespace(self):
        for _, manifest in self.each(*{
                manifest["kind"] for overlay in manifests.OVERLAYS
                for manifest in manifests.Bundle(overlay).manifests}):
            if manifest["kind"] == "Namespace":
                self.assertEqual(manifest["metadata"]["name"], "weir")
            else:
                self.assertEqual(manifest["metadata"].get("namespace"), "weir")

    def test_workloads_select_their_own_pods(self):
        for bundle, workload in self.each_workload():
            selected = bundle.selected(workload.spec["selector"])
            self.assertEqual([each.name for each in selected], [workload.name])

    def test_what_workloads_refer_to_is_there(self):
        for bundle, workload in self.each_workload():
            account = workload.pod["serviceAccountName"]
            self.assertIsNotNone(bundle.get("ServiceAccount", account))
            for volume in workload.pod.get("volumes", []):
                if "configMap" in volume:
                    name = volume["configMap"]["name"]
                    self.assertIsNotNone(bundle.get("ConfigMap", name), name)

    def test_every_volume_is_mounted_and_every_mount_has_a_volume(self):
        for _, workload in self.each_workload():
            volumes = {volume["name"]
                       for volume in workload.pod.get("volumes", [])}
            volumes |= {claim["metadata"]["name"] for claim
                        in workload.spec.get("volumeClaimTemplates", [])}
            mounts = {mount["name"] for mount
                      in workload.container.get("volumeMounts", [])}
            self.assertEqual(volumes, mounts)

    def test_services_reach_ports_of_pods(self):
        for bundle, service in self.each("Service"):
            selected = bundle.selected(
                {"matchLabels": service["spec"]["selector"]})
            self.assertEqual(len(selected), 1)
            for port in service["spec"]["ports"]:
                self.assertIn(port["targetPort"], selected[0].ports)

    def test_the_stateful_set_has_its_service(self):
        for bundle, manifest in self.each("StatefulSet"):
            service = bundle.get("Service", manifest["spec"]["serviceName"])
            self.assertEqual(service["spec"]["clusterIP"], "None")

    def test_autoscalers_own_the_number_of_replicas(self):
        for bundle, scaler in self.each("HorizontalPodAutoscaler",
                                        "ScaledObject"):
            target = scaler["spec"]["scaleTargetRef"]
            scaled = bundle.get(target["kind"], target["name"])
            self.assertNotIn("replicas", scaled["spec"])
            workload = manifests.Workload(scaled)
            self.assertGreaterEqual(
                set(workload.container["resources"]["requests"]),
                {"cpu", "memory"})

    def test_one_autoscaler_at_a_time(self):
        counts = {overlay: len(manifests.Bundle(overlay).all(
            "HorizontalPodAutoscaler", "ScaledObject"))
            for overlay in manifests.OVERLAYS}
        self.assertEqual(counts, {"local": 0, "production": 1,
                                  "production-keda": 1,
                                  "production-gateway": 1})

    def test_both_autoscalers_ask_for_the_same(self):
        scaler = manifests.Bundle("production").get(
            "HorizontalPodAutoscaler", "weir-dataplane")["spec"]
        keda = manifests.Bundle("production-keda").get(
            "ScaledObject", "weir-dataplane")["spec"]
        self.assertEqual(scaler["minReplicas"], keda["minReplicaCount"])
        self.assertEqual(scaler["maxReplicas"], keda["maxReplicaCount"])
        behavior = keda["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        self.assertEqual(scaler["behavior"], behavior)
        wanted = [
            str(metric["resource"]["target"]["averageUtilization"])
            if metric["type"] == "Resource"
            else metric["pods"]["target"]["averageValue"]
            for metric in scaler["metrics"]]
        self.assertEqual(wanted, [
            trigger["metadata"].get("value")
            or trigger["metadata"]["threshold"]
            for trigger in keda["triggers"]])

    def test_disruption_budgets_leave_room(self):
        for bundle, budget in self.each("PodDisruptionBudget"):
            (workload,) = bundle.selected(budget["spec"]["selector"])
            scaler = bundle.get("HorizontalPodAutoscaler", workload.name)
            keda = bundle.get("ScaledObject", workload.name)
            least = (scaler["spec"]["minReplicas"] if scaler
                     else keda["spec"]["minReplicaCount"] if keda
                     else workload.spec["replicas"])
            self.assertLess(budget["spec"]["minAvailable"], least)

    def test_monitors_find_ports(self):
        for bundle, monitor in self.each("PodMonitor"):
            (workload,) = bundle.selected(monitor["spec"]["selector"])
            for endpoint in monitor["spec"]["podMetricsEndpoints"]:
                self.assertIn(endpoint["port"], workload.ports)
        for bundle, monitor in self.each("ServiceMonitor"):
            (service,) = [
                service for service in bundle.all("Service")
                if manifests.matches(monitor["spec"]["selector"],
                                     service["metadata"]["labels"])]
            ports = {port["name"] for port in service["spec"]["ports"]}
            for endpoint in monitor["spec"]["endpoints"]:
                self.assertIn(endpoint["port"], ports)

    def test_ingresses_have_a_service(self):
        for bundle, ingress in self.each("Ingress"):
            for rule in ingress["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    backend = path["backend"]["service"]
                    service = bundle.get("Service", backend["name"])
                    self.assertIn(backend["port"]["name"], {
                        port["name"] for port in service["spec"]["ports"]})

    def test_routes_have_a_gateway_and_a_service(self):
        for bundle, route in self.each("HTTPRoute"):
            for parent in route["spec"]["parentRefs"]:
                gateway = bundle.get("Gateway", parent["name"])
                (listener,) = [
                    each for each in gateway["spec"]["listeners"]
                    if each["name"] == parent["sectionName"]]
                self.assertEqual(route["spec"]["hostnames"],
                                 [listener["hostname"]])
            for rule in route["spec"]["rules"]:
                for backend in rule["backendRefs"]:
                    service = bundle.get("Service", backend["name"])
                    self.assertIn(backend["port"], {
                        port["port"] for port in service["spec"]["ports"]})

    def test_routes_do_not_bound_streams(self):
        for _, route in self.each("HTTPRoute"):
            for rule in route["spec"]["rules"]:
                self.assertEqual(rule["timeouts"],
                                 {"request": "0s", "backendRequest": "0s"})
                self.assertNotIn("retry", rule)

    def test_one_way_in_with_the_same_paths(self):
        ways = {}
        for overlay in manifests.OVERLAYS:
            bundle = manifests.Bundle(overlay)
            paths = [(manifest["kind"], {path["path"]
                      for rule in manifest["spec"]["rules"]
                      for path in rule["http"]["paths"]})
                     for manifest in bundle.all("Ingress")]
            paths += [(manifest["kind"], {match["path"]["value"]
                       for rule in manifest["spec"]["rules"]
                       for match in rule["matches"]})
                      for manifest in bundle.all("HTTPRoute")]
            ways[overlay] = paths
        every = {"/v1", "/v1beta"}
        self.assertEqual(ways, {
            "local": [], "production": [("Ingress", every)],
            "production-keda": [("Ingress", every)],
            "production-gateway": [("HTTPRoute", every)]})


class NetworkTest(unittest.TestCase):
    def test_everything_is_denied_first(self):
        for overlay in manifests.OVERLAYS:
            spec = manifests.Bundle(overlay).get(
                "NetworkPolicy", "default-deny")["spec"]
            self.assertEqual(spec, {"podSelector": {},
                                    "policyTypes": ["Ingress", "Egress"]})

    def test_policies_are_about_somebody(self):
        for overlay in manifests.OVERLAYS:
            bundle = manifests.Bundle(overlay)
            for policy in bundle.all("NetworkPolicy"):
                self.assertTrue(
                    bundle.selected(policy["spec"]["podSelector"]),
                    manifests.title(policy))

    def test_only_planes_reach_the_control_planes_admin_port(self):
        for overlay in manifests.OVERLAYS:
            bundle = manifests.Bundle(overlay)
            (control,) = [workload for workload in bundle.workloads()
                          if workload.binary == "weir-controlplane"]
            allowed = []
            for policy in bundle.all("NetworkPolicy"):
                if not manifests.matches(policy["spec"]["podSelector"],
                                         control.labels):
                    continue
                for rule in policy["spec"].get("ingress", []):
                    if any(port["port"] in ("grpc", control.ports["grpc"])
                           for port in rule["ports"]):
                        allowed += [
                            workload.name for source in rule["from"]
                            for workload in bundle.selected(
                                source["podSelector"])]
            others = [control.name] if control.spec["replicas"] > 1 else []
            self.assertEqual(allowed, ["weir-dataplane", *others])


class PodTest(unittest.TestCase):
    def workloads(self):
        for overlay in manifests.OVERLAYS:
            for workload in manifests.Bundle(overlay).workloads():
                with self.subTest(overlay=overlay, workload=workload.name):
                    yield workload

    def test_pods_are_restricted(self):
        for workload in self.workloads():
            pod = workload.pod["securityContext"]
            self.assertTrue(pod["runAsNonRoot"])
            self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertEqual(workload.container["securityContext"], {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]}})
            self.assertIs(workload.pod["automountServiceAccountToken"], False)
            self.assertIs(workload.pod["enableServiceLinks"], False)

    def test_resources_are_asked_for_and_bounded(self):
        for workload in self.workloads():
            for part in ("requests", "limits"):
                self.assertEqual(set(workload.container["resources"][part]),
                                 {"cpu", "memory"})

    def test_probes_ask_named_ports(self):
        for workload in self.workloads():
            kinds = set()
            for kind, probe in workload.probes():
                kinds.add(kind)
                port = (probe.get("httpGet") or probe["tcpSocket"])["port"]
                self.assertIn(port, workload.ports)
            self.assertGreaterEqual(kinds, {"livenessProbe", "readinessProbe"})

    def test_nodes_have_the_time_to_drain(self):
        for workload in self.workloads():
            if workload.binary != "weir-dataplane":
                continue
            drain = (seconds(workload.flags["--drain-delay"])
                     + seconds(workload.flags["--drain-timeout"]))
            self.assertGreaterEqual(
                workload.pod["terminationGracePeriodSeconds"],
                drain + ROLLOUT_MARGIN_SECONDS)
            self.assertNotIn("lifecycle", workload.container)
            self.assertEqual(workload.spec["strategy"]["rollingUpdate"],
                             {"maxSurge": "25%", "maxUnavailable": 0})
            # Unready before the listener closes.
            probe = workload.container["readinessProbe"]
            self.assertLess(
                probe["periodSeconds"] * probe["failureThreshold"],
                seconds(workload.flags["--drain-delay"]))


class SecretsTest(unittest.TestCase):
    """Secrets are by reference; the README says how each is made."""

    def test_no_secret_is_in_a_bundle(self):
        for overlay in manifests.OVERLAYS:
            self.assertEqual(manifests.Bundle(overlay).all("Secret"), [])

    def test_the_readme_makes_every_secret_with_every_key(self):
        readme = (manifests.ROOT / "deploy/k8s/README.md").read_text()
        bundle = manifests.Bundle("production")
        resources = bundle.get("ConfigMap", "weir-resources")["data"]
        for workload in bundle.workloads():
            for volume in workload.pod["volumes"]:
                if "secret" not in volume:
                    continue
                name = volume["secret"]["secretName"]
                made = re.search(
                    rf"create secret generic {name}((?:.*\\\n)*.*)", readme)
                self.assertIsNotNone(made, name)
                keys = set(re.findall(r"--from-file=([\w.-]+)=",
                                      made.group(1)))
                folder = workload.mount_of(volume["name"])
                named = [resources["resources.yaml"],
                         *workload.container["args"]]
                wanted = set(re.findall(rf"{folder}/([\w.-]+)",
                                        "\n".join(named)))
                self.assertTrue(wanted)
                self.assertEqual(wanted, keys)
        for secret in self.secrets_of_ways_in():
            self.assertIn(f"create secret tls {secret} ", readme)

    def secrets_of_ways_in(self):
        for overlay in manifests.OVERLAYS:
            bundle = manifests.Bundle(overlay)
            for ingress in bundle.all("Ingress"):
                for tls in ingress["spec"]["tls"]:
                    yield tls["secretName"]
            for gateway in bundle.all("Gateway"):
                for listener in gateway["spec"]["listeners"]:
                    for reference in listener["tls"]["certificateRefs"]:
                        yield reference["name"]


if __name__ == "__main__":
    unittest.main()
