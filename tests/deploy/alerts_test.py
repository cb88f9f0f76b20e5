"""An alert reaches whom it should, once, and so does its end: the real control
plane, Prometheus with the shipped rules, Alertmanager with the shipped example."""

import json
import pathlib
import re
import tempfile
import unittest

import yaml

import alertmanager_server
import servers
from prometheus_server import Prometheus

RULES = alertmanager_server.SHIPPED.parent
RUNBOOK = "docs/operations/provider-outage.md"
SECRETS = {"pagerduty-routing-key": "a-routing-key",
           "record-token": "a-token"}
# `lonely` has the one target of `chat`. Without panic, which would be a second
# critical alert in the same message.
RESOURCES = """
providers:
  - name: lonely
    dialect: openai
    base_url: "http://{lonely}/v1"
    health_check: {{kind: models, interval: 1s, timeout: 1s, unhealthy_after: 2}}
models:
  - name: chat
    targets: [{{provider: lonely}}]
policy: {{panic_threshold: 0}}
"""


def alerts_by_name():
    """Every alert of the rules and its labels."""
    return {rule["alert"]: rule["labels"] for group in yaml.safe_load(
        (RULES / "alert-rules.yaml").read_text())["groups"]
        for rule in group["rules"]}


def names_in(matchers):
    """Of `alertname = "A"` or `alertname =~ "A|B"`, and one kind at most."""
    name, *kind = matchers
    for matcher in kind:
        assert re.fullmatch(r'kind = "\w+"', matcher), matcher
    return re.fullmatch(r'alertname =~? "([\w|]+)"', name).group(1).split("|")


def inbox_and_alertmanager(test, folder):
    """Both started, and ended with the test's class."""
    inbox = test.enterClassContext(alertmanager_server.Inbox())
    secrets = {**SECRETS, "slack-url": f"{inbox.url}/chat"}
    return inbox, test.enterClassContext(
        alertmanager_server.Alertmanager(folder, inbox, secrets))


class ShippedConfigTest(unittest.TestCase):
    def test_it_is_well_formed(self):
        code, output = alertmanager_server.amtool(
            "check-config", str(alertmanager_server.SHIPPED))
        self.assertEqual(code, 0, output)

    def test_every_alert_goes_to_the_receiver_of_its_severity(self):
        wanted = {"critical": "record,page", "warning": "record,chat"}
        for name, labels in alerts_by_name().items():
            code, output = alertmanager_server.amtool(
                "config", "routes", "test",
                f"--config.file={alertmanager_server.SHIPPED}",
                f"alertname={name}", f"severity={labels['severity']}")
            with self.subTest(alert=name):
                self.assertEqual(code, 0, output)
                self.assertEqual(output.splitlines()[0],
                                 wanted[labels["severity"]])

    def test_what_silences_what_are_alerts_that_exist(self):
        known = alerts_by_name()
        for rule in alertmanager_server.shipped_config()["inhibit_rules"]:
            for name in (*names_in(rule["source_matchers"]),
                         *names_in(rule["target_matchers"])):
                self.assertIn(name, known)

    def test_secrets_are_in_files(self):
        files = re.findall(r"_file: (\S+?)}?$",
                           alertmanager_server.SHIPPED.read_text(), re.M)
        folder = pathlib.PurePath(alertmanager_server.SECRETS_FOLDER)
        self.assertEqual({pathlib.PurePath(path) for path in files},
                         {folder / name for name in (*SECRETS, "slack-url")})
        for receiver in alertmanager_server.shipped_config()["receivers"]:
            for kind, settings in receiver.items():
                if kind == "name":
                    continue
                for setting in settings:
                    self.assertEqual(set(setting) & {
                        "routing_key", "service_key", "api_url"}, set())


class InhibitionTest(unittest.TestCase):
    # Cause, what follows from it, what stays although it looks alike.
    TABLE = (
        ({"alertname": "WeirRaisedCritical", "namespace": "weir",
          "kind": "all_down", "subject": "c", "model": "c"},
         {"alertname": "WeirModelDown", "namespace": "weir", "model": "c"},
         {"alertname": "WeirModelDown", "namespace": "weir", "model": "d"}),
        ({"alertname": "WeirRaisedCritical", "namespace": "weir",
          "kind": "all_down", "subject": "e", "model": "e"},
         {"alertname": "WeirRaisedCritical", "namespace": "weir",
          "kind": "panic", "subject": "e", "model": "e"},
         {"alertname": "WeirRaisedCritical", "namespace": "weir",
          "kind": "panic", "subject": "f", "model": "f"}),
        ({"alertname": "WeirRaised", "kind": "credential_refused",
          "subject": "p", "provider": "p"},
         {"alertname": "WeirCredentialRefused", "provider": "p"},
         {"alertname": "WeirCredentialRefused", "provider": "q"}),
        ({"alertname": "WeirModelDown", "namespace": "weir", "model": "a"},
         {"alertname": "WeirErrors", "model": "a"},
         {"alertname": "WeirErrors", "model": "b"}),
        ({"alertname": "WeirControlPlaneGone"},
         {"alertname": "WeirNodeOnItsOwn", "instance": "a"},
         {"alertname": "WeirNodeNotReady", "instance": "a"}),
        ({"alertname": "WeirRolloutHalted", "namespace": "weir"},
         {"alertname": "WeirConfigNotTaken", "namespace": "weir"},
         {"alertname": "WeirConfigNotTaken", "namespace": "other"}),
        ({"alertname": "WeirConfigRefused", "namespace": "weir"},
         {"alertname": "WeirRolloutStuck", "namespace": "weir"},
         {"alertname": "WeirRolloutStuck", "namespace": "other"}),
        ({"alertname": "WeirUsageLost", "instance": "a"},
         {"alertname": "WeirUsageWaits", "instance": "a"},
         {"alertname": "WeirUsageWaits", "instance": "b"}))

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        _, cls.alertmanager = inbox_and_alertmanager(cls, folder)

    def test_a_cause_silences_what_follows_and_nothing_else(self):
        self.alertmanager.post(
            [labels for case in self.TABLE for labels in case])
        for cause, consequence, other in self.TABLE:
            with self.subTest(cause=cause["alertname"]):
                servers.eventually(
                    lambda labels=consequence:
                    self.alertmanager.inhibited(**labels), consequence)
                self.assertIs(self.alertmanager.inhibited(**other), False)
                self.assertIs(self.alertmanager.inhibited(**cause), False)

    def test_every_rule_is_in_the_table(self):
        rules = alertmanager_server.shipped_config()["inhibit_rules"]
        for field, place in (("source_matchers", 0), ("target_matchers", 1)):
            self.assertEqual(
                {name for rule in rules for name in names_in(rule[field])},
                {case[place]["alertname"] for case in self.TABLE})


class DeliveryTest(unittest.TestCase):
    """A provider fails and recovers; then everybody has been told twice."""

    @classmethod
    def setUpClass(cls):
        enter = cls.enterClassContext
        folder = enter(tempfile.TemporaryDirectory())
        cls.inbox, alertmanager = inbox_and_alertmanager(cls, folder)
        cls.provider = enter(servers.Provider(folder, "lonely"))
        resources = pathlib.Path(folder) / "resources.yaml"
        resources.write_text(RESOURCES.format(lonely=cls.provider.address))
        control = enter(servers.ControlPlane(
            folder, "--resources", str(resources), "--alert-hold", "1s"))
        cls.prometheus = enter(Prometheus(
            folder, {"controlplane": control.http}, RULES,
            [alertmanager.address]))
        cls.fail_and_recover()

    @classmethod
    def set_provider(cls, setting):
        status, body = servers.fetch(
            f"http://{cls.provider.address}/__control",
            json.dumps(setting).encode())
        assert status == 200, body

    @classmethod
    def fail_and_recover(cls):
        available = 'ai_model_available{model="chat"} == 1'
        servers.eventually(lambda: cls.prometheus.query(available), available)
        cls.set_provider({"status": {"code": 500}})
        servers.eventually(lambda: {"WeirRaised", "WeirRaisedCritical"} <= {
            name for name, _, _ in cls.recorded()}, "both alerts")
        cls.set_provider({"reset": True})
        servers.eventually(lambda: {"WeirRaised", "WeirRaisedCritical"} <= {
            name for name, status, _ in cls.recorded()
            if status == "resolved"}, "the end of both")
        servers.eventually(lambda: len(cls.inbox.messages("page")) >= 2
                           and len(cls.inbox.messages("chat")) >= 2,
                           "pages and chat")

    @classmethod
    def recorded(cls):
        """Name, status and alerts of what the webhook was told."""
        return [(message["groupLabels"]["alertname"], message["status"],
                 message["alerts"])
                for message in cls.inbox.messages("record")]

    def told(self, name):
        """The alert as it was raised and as it ended: nothing else came."""
        messages = [(status, alerts) for each, status, alerts
                    in self.recorded() if each == name]
        self.assertEqual([status for status, _ in messages],
                         ["firing", "resolved"])
        for status, alerts in messages:
            self.assertEqual([alert["status"] for alert in alerts], [status])
        return [alerts[0] for _, alerts in messages]

    def test_the_warning_has_its_labels_and_its_runbook(self):
        for alert in self.told("WeirRaised"):
            self.assertEqual(alert["labels"], {
                "alertname": "WeirRaised", "severity": "warning",
                "kind": "target_down", "subject": "lonely/chat",
                "provider": "lonely",
                "namespace": "weir", "pod": "controlplane",
                "instance": "controlplane", "job": "controlplane"})
            self.assertEqual(alert["annotations"], {
                "summary": "target_down: lonely/chat", "runbook": RUNBOOK})

    def test_the_critical_one_has_its_labels_and_its_runbook(self):
        for alert in self.told("WeirRaisedCritical"):
            labels = alert["labels"]
            self.assertEqual(
                {name: labels[name] for name
                 in ("severity", "kind", "subject", "model")},
                {"severity": "critical", "kind": "all_down",
                 "subject": "chat", "model": "chat"})
            self.assertEqual(alert["annotations"], {
                "summary": "all_down: chat", "runbook": RUNBOOK})

    def test_the_raised_alert_is_the_one_that_ends(self):
        for name in ("WeirRaised", "WeirRaisedCritical"):
            raised, ended = self.told(name)
            self.assertEqual(raised["fingerprint"], ended["fingerprint"])
            self.assertEqual(raised["startsAt"], ended["startsAt"])

    def test_only_the_critical_one_pages(self):
        raised, ended = self.inbox.messages("page")
        self.assertEqual([raised["event_action"], ended["event_action"]],
                         ["trigger", "resolve"])
        self.assertEqual(raised["dedup_key"], ended["dedup_key"])
        self.assertEqual(raised["routing_key"],
                         SECRETS["pagerduty-routing-key"])
        self.assertEqual(raised["payload"]["severity"], "critical")
        self.assertEqual(raised["payload"]["summary"],
                         "WeirRaisedCritical: all_down: chat")
        self.assertEqual(raised["payload"]["custom_details"]["runbook"],
                         RUNBOOK)

    def test_only_the_warning_is_in_the_chat(self):
        shown = [message["attachments"][0]
                 for message in self.inbox.messages("chat")]
        self.assertEqual([each["title"] for each in shown],
                         ["firing: WeirRaised", "resolved: WeirRaised"])
        for each in shown:
            self.assertEqual(
                each["text"], f"target_down: lonely/chat {RUNBOOK}")

    def test_the_webhook_sees_the_token(self):
        self.assertEqual(self.inbox.authorizations("record"),
                         {f"Bearer {SECRETS['record-token']}"})


if __name__ == "__main__":
    unittest.main()
