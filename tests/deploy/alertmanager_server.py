"""A real Alertmanager, and everybody whom it tells."""

import http.server
import json
import pathlib
import shutil
import subprocess
import threading
import urllib.parse

import yaml

import servers

SHIPPED = (pathlib.Path(__file__).resolve().parents[2]
           / "deploy" / "prometheus" / "alertmanager.yaml")
ALERTMANAGER = shutil.which("prometheus-alertmanager")
SECRETS_FOLDER = "/etc/alertmanager/secrets/weir"
# Instead of the shipped minutes; what is waited for are messages.
QUICK = {"group_wait": "100ms", "group_interval": "500ms"}


def amtool(*arguments):
    done = subprocess.run(["amtool", *arguments], timeout=60,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def shipped_config():
    return yaml.safe_load(SHIPPED.read_text())


class Inbox:
    """Takes messages by HTTP and keeps them: PagerDuty, Slack, a webhook."""

    def __init__(self):
        self._messages = []
        self._lock = threading.Lock()
        inbox = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(size))
                inbox.keep(self.path, self.headers["Authorization"], body)
                self.send_response(202 if self.path == "/page" else 200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                # Slack's own word.
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def keep(self, path, authorization, body):
        with self._lock:
            self._messages.append((path.removeprefix("/"), authorization, body))

    def messages(self, receiver):
        """Bodies in the order of arrival."""
        with self._lock:
            return [body for path, _, body in self._messages
                    if path == receiver]

    def authorizations(self, receiver):
        with self._lock:
            return {authorization for path, authorization, _ in self._messages
                    if path == receiver}


class Alertmanager(servers.Server):
    """With the shipped configuration, but for addresses and waiting times."""

    def __init__(self, folder, inbox, secrets):
        folder = pathlib.Path(folder)
        kept = folder / "alertmanager-secrets"
        kept.mkdir()
        for name, value in secrets.items():
            (kept / name).write_text(value)
        config = yaml.safe_load(
            SHIPPED.read_text().replace(SECRETS_FOLDER, str(kept)))
        config["global"] = {"pagerduty_url": f"{inbox.url}/page"}
        (record,) = [receiver for receiver in config["receivers"]
                     if receiver["name"] == "record"]
        record["webhook_configs"][0]["url"] = f"{inbox.url}/record"
        for route in (config["route"], *config["route"]["routes"]):
            route.update(QUICK)
        path = folder / "alertmanager.yaml"
        path.write_text(yaml.safe_dump(config))
        super().__init__(
            [ALERTMANAGER, f"--config.file={path}",
             f"--storage.path={folder / 'alertmanager'}",
             "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
            folder, "alertmanager")
        found = self.printed(r'msg="Listening on" address=(\S+)')
        self.address = found.group(1)
        self._url = f"http://{self.address}"
        servers.eventually(
            lambda: servers.fetch(f"{self._url}/-/ready")[0] == 200, self._url)

    def post(self, alerts):
        """Made-up alerts, each by its labels."""
        status, body = servers.fetch(
            f"{self._url}/api/v2/alerts",
            json.dumps([{"labels": labels} for labels in alerts]).encode(),
            {"Content-Type": "application/json"})
        if status != 200:
            raise AssertionError(f"alerts: {status} {body}")

    def inhibited(self, **labels):
        """Whether the one alert with these labels is; None: not there yet."""
        wanted = [("filter", f'{name}="{value}"')
                  for name, value in labels.items()]
        alerts = json.loads(servers.fetch(
            f"{self._url}/api/v2/alerts?{urllib.parse.urlencode(wanted)}")[1])
        if not alerts:
            return None
        (alert,) = alerts
        return bool(alert["status"]["inhibitedBy"])
