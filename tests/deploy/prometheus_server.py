"""A real Prometheus that scrapes what a test runs."""

import json
import pathlib
import shutil
import urllib.parse

import yaml

import servers

RULES = ("recording-rules.yaml", "alert-rules.yaml")
PROMETHEUS = shutil.which("prometheus")


def _job(name, address):
    """Labelled as the Prometheus operator would."""
    labels = {"namespace": "weir", "pod": name, "instance": name}
    return {"job_name": name,
            "static_configs": [{"targets": [address], "labels": labels}]}


class Prometheus(servers.Server):
    """Alerts go to the Alertmanagers at `alertmanagers`."""

    def __init__(self, folder, targets, rules_folder, alertmanagers=()):
        folder = pathlib.Path(folder)
        for rules in RULES:
            shutil.copy(rules_folder / rules, folder)
        config = folder / "prometheus.yaml"
        config.write_text(yaml.safe_dump({
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms",
                       "evaluation_interval": "500ms"},
            "rule_files": list(RULES),
            "alerting": {"alertmanagers": [
                {"static_configs": [{"targets": list(alertmanagers)}]}]},
            "scrape_configs": [_job(*target) for target in targets.items()]}))
        super().__init__(
            [PROMETHEUS, f"--config.file={config}",
             f"--storage.tsdb.path={folder / 'tsdb'}",
             "--web.listen-address=127.0.0.1:0", "--log.level=info"],
            folder, "prometheus")
        found = self.printed(r'msg="Listening on" address=(\S+)')
        self.url = f"http://{found.group(1)}"
        servers.eventually(
            lambda: servers.fetch(f"{self.url}/-/ready")[0] == 200, self.url)

    def query(self, expression):
        """Samples now; a wrong expression is an error."""
        status, body = servers.fetch(
            f"{self.url}/api/v1/query?"
            + urllib.parse.urlencode({"query": expression}))
        if status != 200:
            raise AssertionError(f"{expression}: {body}")
        return json.loads(body)["data"]["result"]

    def rule_problems(self):
        body = servers.fetch(f"{self.url}/api/v1/rules")[1]
        return [f"{rule['name']}: {rule['health']} {rule.get('lastError', '')}"
                for group in json.loads(body)["data"]["groups"]
                for rule in group["rules"] if rule["health"] != "ok"]
