"""Rendered manifests: read strictly, and asked about each other."""

import functools
import pathlib
import re

import yaml

import kubectl

ROOT = pathlib.Path(__file__).resolve().parents[2]
OVERLAYS = ("local", "production", "production-keda", "production-gateway")
WORKLOADS = ("Deployment", "StatefulSet")
# The address is for documentation, RFC 5737.
POD_FACTS = {"status.podIP": "192.0.2.1", "metadata.name": "pod"}


class _StrictLoader(yaml.SafeLoader):
    """A key that stands twice is an error, as for the API server."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{name!r} stands twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def read(text):
    """The documents of a YAML stream."""
    return [document for document in yaml.load_all(text, _StrictLoader)
            if document is not None]


@functools.cache
def _rendered(overlay):
    return read(kubectl.render(ROOT / "deploy" / "k8s" / "overlays" / overlay))


def title(manifest):
    meta = manifest.get("metadata", {})
    return (f"{manifest.get('kind')} "
            f"{meta.get('namespace', '')}/{meta.get('name')}")


def matches(selector, labels):
    """Whether a label selector takes in what has these labels."""
    for name, value in (selector.get("matchLabels") or {}).items():
        if labels.get(name) != value:
            return False
    for rule in selector.get("matchExpressions") or []:
        if rule["operator"] != "In":
            raise ValueError(f"operator {rule['operator']} is not used here")
        if labels.get(rule["key"]) not in rule["values"]:
            return False
    return True


class Workload:
    """A Deployment or StatefulSet and its one container."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.name = manifest["metadata"]["name"]
        self.spec = manifest["spec"]
        self.labels = self.spec["template"]["metadata"]["labels"]
        self.pod = self.spec["template"]["spec"]
        (self.container,) = self.pod["containers"]

    @property
    def binary(self):
        return self.container["image"].rsplit("/", 1)[-1].split(":")[0]

    @property
    def ports(self):
        """Numbers by name."""
        return {port["name"]: port["containerPort"]
                for port in self.container["ports"]}

    @property
    def pod_facts(self):
        """What Kubernetes would put into arguments, by $(NAME)."""
        arguments = " ".join(self.container.get("args", []))
        return {variable["name"]:
                POD_FACTS[variable["valueFrom"]["fieldRef"]["fieldPath"]]
                for variable in self.container.get("env", [])
                if f"$({variable['name']})" in arguments}

    @property
    def flags(self):
        """Values by flag; every argument is --flag=value."""
        facts = self.pod_facts
        return dict(
            re.sub(r"\$\((\w+)\)", lambda name: facts[name.group(1)],
                   argument).split("=", 1)
            for argument in self.container.get("args", []))

    def probes(self):
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            if kind in self.container:
                yield kind, self.container[kind]

    def mount_of(self, volume):
        for mount in self.container.get("volumeMounts", []):
            if mount["name"] == volume:
                return mount["mountPath"]
        raise KeyError(f"{self.name}: volume {volume} is not mounted")


class Bundle:
    """All that an overlay renders to."""

    def __init__(self, overlay):
        self.overlay = overlay
        self.manifests = _rendered(overlay)

    def all(self, *kinds):
        return [manifest for manifest in self.manifests
                if manifest["kind"] in kinds]

    def get(self, kind, name):
        """None where there is none."""
        for manifest in self.all(kind):
            if manifest["metadata"]["name"] == name:
                return manifest
        return None

    def workloads(self):
        return [Workload(manifest) for manifest in self.all(*WORKLOADS)]

    def selected(self, selector):
        return [workload for workload in self.workloads()
                if matches(selector, workload.labels)]
