"""What clients send makes no series: labels come from the configuration."""

import http.client
import json
import pathlib
import re
import tempfile
import unittest

import servers

RESOURCES = """
providers:
  - {{name: sim, dialect: openai, base_url: "http://{sim}/v1"}}
models:
  - {{name: only, aliases: [other], targets: [{{provider: sim}}]}}
"""
ROUND = 150
MOST_ROUNDS = 5


def series(page):
    """Names and labels, without values."""
    return {line.rsplit(" ", 1)[0] for line in page.splitlines()
            if line and not line.startswith("#")}


class Client:
    """One connection after the other, for requests that nobody would send."""

    def __init__(self, address, key):
        self._address = address
        self._key = key

    def ask(self, method, path, body, **headers):
        connection = http.client.HTTPConnection(self._address, timeout=10)
        try:
            connection.request(method, path, body, {
                "Authorization": f"Bearer {self._key}", **headers})
            connection.getresponse().read()
        except http.client.HTTPException:
            pass  # A request that is none has no answer that is one.
        finally:
            connection.close()

    def ask_oddly(self, word):
        """Each place where a client can put a word of its own."""
        chat = "/v1/chat/completions"

        def body(**fields):
            return json.dumps({"model": "only", "max_tokens": 2,
                               "messages": [], **fields})
        self.ask("POST", chat, body(model=word))
        self.ask("POST", chat, body(model="other", user=word, **{word: word}))
        self.ask("POST", f"/v1/{word}", body())
        self.ask("POST", f"/{word}", body())
        self.ask("POST", f"{chat}?{word}={word}", body())
        self.ask("POST", f"/v1beta/models/{word}:generateContent", "{}")
        self.ask(word.upper(), chat, None)
        self.ask("POST", chat, body(), **{
            "traceparent": word, "x-weir-region": word, "x-weir-class": word,
            "x-weir-provider": word, "x-weir-deadline": word,
            f"x-{word}": word, "User-Agent": word, "Host": f"{word}.test"})
        self.ask("POST", chat, body(), Authorization=f"Bearer {word}")


class CardinalityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        enter = cls.enterClassContext
        folder = enter(tempfile.TemporaryDirectory())
        provider = enter(servers.Provider(folder, "sim"))
        cls.control = enter(servers.ControlPlane(folder))
        cls.node = enter(servers.Node(folder, cls.control.grpc))
        resources = pathlib.Path(folder) / "resources.yaml"
        resources.write_text(RESOURCES.format(sim=provider.address))
        servers.ctl(cls.control.grpc, "apply", "-f", str(resources))
        key = json.loads(servers.ctl(
            cls.control.grpc, "-o", "json", "key", "create", "test"))["secret"]
        servers.eventually(
            lambda: servers.fetch(
                f"http://{cls.node.api}/v1/models", headers={
                    "Authorization": f"Bearer {key}"})[0] == 200, "the key")
        cls.client = Client(cls.node.api, key)

    def pages(self):
        return [servers.fetch(f"http://{address}/metrics")[1]
                for address in (self.node.ops, self.control.http)]

    def asked_oddly(self, first):
        """Both planes' series after another round of words."""
        for number in range(first, first + ROUND):
            self.client.ask_oddly(f"odd{number}word")
        # A scrape of the node is of now; the control plane hears a second
        # later, with the next report.
        before = self.reports()
        servers.eventually(lambda: self.reports() > before + 1, "reports")
        return [series(page) for page in self.pages()]

    def reports(self):
        page = self.pages()[1]
        return float(re.search(r"^weir_reports_total (\S+)", page,
                               re.M).group(1))

    def test_words_of_clients_are_in_no_series(self):
        before = self.asked_oddly(0)
        # Some series wait for their window, so a round may still add what
        # belongs there; a word in one adds something with every round.
        for round_number in range(1, MOST_ROUNDS):
            after = self.asked_oddly(round_number * ROUND)
            new = [page - old for page, old in zip(after, before)]
            if not any(new):
                break
            before = after
        for plane, page, added in zip(("node", "control plane"), after, new):
            with self.subTest(plane=plane):
                self.assertGreater(len(page), 50)
                self.assertEqual(added, set())
                self.assertEqual(
                    [line for line in page if re.search("odd\\d", line, re.I)],
                    [])
        # The odd requests got as far as they could.
        codes = set(re.findall(r'weir_errors_total{code="(\w+)"}',
                               "".join(after[0])))
        self.assertGreaterEqual(codes, {
            "invalid_api_key", "missing_model", "model_not_found",
            "provider_not_allowed", "unknown_method"})


if __name__ == "__main__":
    unittest.main()
