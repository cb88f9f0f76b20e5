"""Every panel shows something: its query, run by a real Prometheus that scrapes
the real binaries under traffic that has a bit of everything."""

import importlib.util
import json
import pathlib
import re
import tempfile
import threading
import unittest
import urllib.request

import yaml

import servers
from prometheus_server import Prometheus

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
PATIENCE_SECONDS = 60

# `steady` answers, `limited` says 429 beyond 40 requests in 10 s, `shaky` fails
# or breaks streams off, `locked` wants another key, nobody listens at `dead`.
RESOURCES = """
providers:
  - {{name: steady, dialect: openai, base_url: "http://{steady}/v1", {check}, limits: {{max_rpm: 100000}}}}
  - {{name: limited, dialect: openai, base_url: "http://{limited}/v1", {check}}}
  - {{name: shaky, dialect: openai, base_url: "http://{shaky}/v1", {check}}}
  - {{name: locked, dialect: openai, base_url: "http://{locked}/v1", {no_check}, credentials: [{{file: "{secret}"}}]}}
  - {{name: dead, dialect: openai, base_url: "http://127.0.0.1:1/v1", {check}}}
models:
  - name: gpt-4.1
    targets:
      - {{provider: steady, {price}}}
      - {{provider: limited, {price}}}
      - {{provider: shaky, {price}}}
      - {{provider: locked}}
      - {{provider: dead}}
  - name: only-steady
    targets: [{{provider: steady, {price}}}]
"""
CHECK = ("health_check: {kind: models, interval: 1s, timeout: 500ms, "
         "unhealthy_after: 2}")
# Sees nothing of credentials, so nodes find out.
NO_CHECK = "health_check: {kind: tcp, interval: 1s, timeout: 500ms}"
PRICE = "price: {input: 2.00, cached_input: 0.50, output: 8.00}"
LIMITED = {"rate_limit": {"requests": 40, "window": "10s"}}
LOCKED = {"api_key": "another"}
SHAKY = {"status": {"code": 500, "probability": 0.2},
         "stream_error": {"after_events": 3, "probability": 0.3}}


def load(path):
    """A program of deploy/ as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def panels():
    """Dashboard, panel's title, query; for every query of every file."""
    for path in sorted((DEPLOY / "grafana").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield path.stem, panel["title"], target["expr"]


def filled_in(query):
    """As Grafana asks for all models, over some scrapes."""
    for variable, value in (("$__rate_interval", "20s"), ("$__range", "60s"),
                            ("$model", ".*")):
        query = query.replace(variable, value)
    return query


class Traffic(threading.Thread):
    """Requests of every kind until stopped."""

    def __init__(self, api, key):
        super().__init__(daemon=True)
        self._url = f"http://{api}/v1/chat/completions"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._stopped = threading.Event()

    def _ask(self, model, headers=None, **fields):
        body = json.dumps({"model": model, "max_tokens": 8, "messages": [
            {"role": "user", "content": "hi"}], **fields}).encode()
        servers.fetch(self._url, body, headers or self._headers)

    def _leave_early(self):
        body = json.dumps({"model": "only-steady", "stream": True,
                           "max_tokens": 2000, "messages": []}).encode()
        request = urllib.request.Request(self._url, body, self._headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            answer.read(200)

    def run(self):
        while not self._stopped.is_set():
            for _ in range(4):
                self._ask("gpt-4.1")
                self._ask("gpt-4.1", stream=True,
                          stream_options={"include_usage": True})
            self._ask("only-steady")
            self._ask("no-such-model")
            self._ask("gpt-4.1", {"Authorization": "Bearer wrong"})
            self._leave_early()
            self._stopped.wait(0.2)

    def stop(self):
        self._stopped.set()
        self.join()


class DashboardsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        enter = cls.enterClassContext
        flags = {"steady": {"latency": "20ms", "tokens_per_second": 500},
                 "limited": LIMITED, "locked": LOCKED, "shaky": SHAKY}
        providers = {name: enter(servers.Provider(
            cls.folder, name, "--control", json.dumps(setting))).address
            for name, setting in flags.items()}
        resources = f"{cls.folder}/resources.yaml"
        secret = pathlib.Path(cls.folder) / "secret"
        secret.write_text("refused")
        pathlib.Path(resources).write_text(RESOURCES.format(
            check=CHECK, no_check=NO_CHECK, price=PRICE, secret=secret,
            **providers))
        certificates = servers.Certificates(cls.folder)
        control = enter(servers.ControlPlane(
            cls.folder, "--resources", resources,
            *certificates.of_control_plane()))
        node = enter(servers.Node(
            cls.folder, control.grpc, "--region", "eu",
            "--snapshot-cache", f"{cls.folder}/snapshot",
            *certificates.of_node()))
        cls.prometheus = enter(Prometheus(
            cls.folder, {"controlplane": control.http, "node": node.ops},
            DEPLOY / "prometheus"))
        key = json.loads(servers.ctl(
            control.grpc, *certificates.of_weirctl(), "-o", "json",
            "key", "create", "t", "--rpm", "100000",
            "--budget", "1000/day"))["secret"]
        servers.eventually(lambda: servers.fetch(
            f"http://{node.api}/v1/models",
            headers={"Authorization": f"Bearer {key}"})[0] == 200, "the key")
        traffic = Traffic(node.api, key)
        traffic.start()
        cls.addClassCleanup(traffic.stop)

    def setUp(self):
        self.maxDiff = None

    def silent(self, named_queries):
        """Those that return nothing, or not a number, however long we wait."""
        waiting = dict(named_queries)

        def all_speak():
            for name, query in list(waiting.items()):
                samples = self.prometheus.query(query)
                if any(sample["value"][1] != "NaN" for sample in samples):
                    del waiting[name]
            return not waiting
        try:
            servers.eventually(all_speak, "data", PATIENCE_SECONDS)
        except AssertionError:
            pass
        return waiting

    def test_every_panel_has_data(self):
        queries = {(*place, query): filled_in(query)
                   for *place, query in panels()}
        self.assertGreater(len(queries), 70)
        self.assertEqual(self.silent(queries), {})
        print(f"{len(queries)} queries of panels return data")

    def test_every_recording_rule_has_data(self):
        rules = yaml.safe_load(
            (DEPLOY / "prometheus/recording-rules.yaml").read_text())
        names = {rule["record"]: rule["record"]
                 for group in rules["groups"] for rule in group["rules"]}
        self.assertEqual(self.silent(names), {})
        self.assertEqual(self.prometheus.rule_problems(), [])

    def test_a_dead_provider_raises_an_alert(self):
        firing = 'ALERTS{alertname="WeirRaised",alertstate="firing",' \
                 'kind="target_down"}'
        self.assertEqual(self.silent({"alert": firing}), {})

    def test_alerts_ask_for_metrics_that_exist(self):
        rules = yaml.safe_load(
            (DEPLOY / "prometheus/alert-rules.yaml").read_text())
        names = {name: name for group in rules["groups"]
                 for rule in group["rules"]
                 for name in re.findall(r"\b(?:weir|ai)[_:][\w:]+",
                                        rule["expr"])}
        # There is no webhook here.
        del names["weir_webhook_deliveries_total"]
        self.assertEqual(self.silent(names), {})

    def test_the_autoscalers_queries_have_data(self):
        rules = yaml.safe_load(
            (DEPLOY / "prometheus/adapter-rules.yaml").read_text())["rules"]
        queries = {}
        for rule in rules:
            series = rule["seriesQuery"].split("{")[0]
            queries[rule["name"]["as"]] = (
                rule["metricsQuery"].replace("<<.Series>>", series)
                .replace("<<.LabelMatchers>>", 'namespace="weir"')
                .replace("<<.GroupBy>>", "pod"))
        (keda,) = [
            document for document in yaml.safe_load_all(
                (DEPLOY / "k8s/components/keda/scaled-object.yaml").read_text())]
        for trigger in keda["spec"]["triggers"]:
            query = trigger["metadata"].get("query")
            if query:
                queries[query] = query
        scaler = yaml.safe_load((
            DEPLOY / "k8s/components/hpa/horizontal-pod-autoscaler.yaml"
        ).read_text())
        for metric in scaler["spec"]["metrics"]:
            if metric["type"] == "Pods":
                self.assertIn(metric["pods"]["metric"]["name"], queries)
        self.assertEqual(len(queries), 4)
        self.assertEqual(self.silent(queries), {})


class MadeFilesTest(unittest.TestCase):
    def test_dashboards_are_made_from_their_list(self):
        made = load(DEPLOY / "grafana/make_dashboards.py").dashboards()
        for name, text in made.items():
            self.assertEqual((DEPLOY / "grafana" / name).read_text(), text,
                             f"{name}: run make_dashboards.py")
        kustomization = yaml.safe_load(
            (DEPLOY / "grafana/kustomization.yaml").read_text())
        self.assertEqual(
            sorted(kustomization["configMapGenerator"][0]["files"]),
            sorted(made))
        self.assertEqual({path.name for path
                          in (DEPLOY / "grafana").glob("*.json")}, set(made))

    def test_variables_are_those_that_queries_use(self):
        for path in (DEPLOY / "grafana").glob("*.json"):
            board = json.loads(path.read_text())
            used = set(re.findall(
                r"\$(\w+)", " ".join(target["expr"] for panel
                                     in board["panels"]
                                     for target in panel["targets"])))
            known = {each["name"] for each in board["templating"]["list"]}
            with self.subTest(dashboard=path.stem):
                self.assertEqual(used - {"__rate_interval", "__range"},
                                 known - {"datasource"})

    def test_the_prometheus_rule_is_made_from_the_rules(self):
        made = load(DEPLOY / "prometheus/make_prometheus_rule.py")
        self.assertEqual(
            (DEPLOY / "prometheus/prometheus-rule.yaml").read_text(),
            made.prometheus_rule(), "run make_prometheus_rule.py")

    def test_runbooks_of_alerts_exist(self):
        rules = yaml.safe_load(
            (DEPLOY / "prometheus/alert-rules.yaml").read_text())
        for group in rules["groups"]:
            for rule in group["rules"]:
                runbook = DEPLOY.parent / rule["annotations"]["runbook"]
                self.assertTrue(runbook.is_file(), rule["alert"])


if __name__ == "__main__":
    unittest.main()
