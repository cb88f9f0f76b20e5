"""Alerts are raised when they should be, and not otherwise: promtool's tests."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parents[1] / "deploy" / "prometheus"
FILES = ("recording-rules.yaml", "alert-rules.yaml")


def promtool(*arguments, folder=RULES):
    done = subprocess.run(["promtool", *arguments], cwd=folder, timeout=120,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class RulesTest(unittest.TestCase):
    def test_rules_are_well_formed(self):
        code, output = promtool("check", "rules", *FILES)
        self.assertEqual(code, 0, output)

    def test_alerts_follow_the_series(self):
        # promtool reads rules beside the tests.
        with tempfile.TemporaryDirectory() as folder:
            for source in [*(RULES / name for name in FILES),
                           *(HERE / "rules").glob("*.yaml")]:
                shutil.copy(source, folder)
            for test in sorted((HERE / "rules").glob("*.yaml")):
                with self.subTest(test=test.name):
                    code, output = promtool("test", "rules", test.name,
                                            folder=folder)
                    self.assertEqual(code, 0, output)

    def test_every_alert_has_a_case(self):
        alerts = {rule["alert"] for group in yaml.safe_load(
            (RULES / "alert-rules.yaml").read_text())["groups"]
            for rule in group["rules"]}
        raised = set()
        for path in (HERE / "rules").glob("*.yaml"):
            for test in yaml.safe_load(path.read_text())["tests"]:
                for case in test.get("alert_rule_test", []):
                    if case.get("exp_alerts"):
                        raised.add(case["alertname"])
        self.assertEqual(alerts, raised)

    def test_severities_are_the_two_that_are_routed(self):
        for group in yaml.safe_load(
                (RULES / "alert-rules.yaml").read_text())["groups"]:
            for rule in group["rules"]:
                self.assertIn(rule["labels"]["severity"],
                              ("critical", "warning"), rule["alert"])


if __name__ == "__main__":
    unittest.main()
