#!/usr/bin/python3
"""Writes prometheus-rule.yaml, which is the rules for the Prometheus operator.

A test fails while it differs from the rules.
"""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = ("recording-rules.yaml", "alert-rules.yaml")
HEAD = """\
# Made by make_prometheus_rule.py from {sources}: change those.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: weir
  namespace: weir
spec:
  groups:
"""


def prometheus_rule():
    text = HEAD.format(sources=" and ".join(SOURCES))
    for source in SOURCES:
        lines = (HERE / source).read_text().splitlines(keepends=True)
        first = lines.index("groups:\n") + 1
        text += "".join("  " + line for line in lines[first:])
    return text


if __name__ == "__main__":
    (HERE / "prometheus-rule.yaml").write_text(prometheus_rule())
