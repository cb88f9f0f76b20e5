#!/usr/bin/python3
"""Writes NAME.json for each dashboard of dashboards.yaml.

A test fails while a file differs from what this makes. Needs python3-yaml.
"""
import json
import pathlib

import yaml

HERE = pathlib.Path(__file__).resolve().parent
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
TYPES = {"curve": "timeseries", "stat": "stat", "table": "table",
         "heatmap": "heatmap"}
# Grafana's page has 24 columns; stats stand in a row of their own.
STAT_WIDTH, STAT_HEIGHT = 4, 4
WIDTH, HEIGHT = 12, 8


MODELS = "label_values(ai_model_available, model)"
MODEL = {"name": "model", "label": "Model", "type": "query",
         "datasource": DATASOURCE,
         "query": {"query": MODELS, "refId": "models"}, "definition": MODELS,
         "includeAll": True, "multi": True, "allValue": ".*",
         "current": {"text": "All", "value": "$__all"}, "refresh": 2,
         "sort": 1}


def _variables(panels):
    """Those that the panels' queries use."""
    source = {"name": "datasource", "label": "Prometheus",
              "type": "datasource", "query": "prometheus"}
    used = any("$model" in query for panel in panels
               for query in panel["queries"].values())
    return [source, MODEL] if used else [source]


def _targets(panel, show):
    targets = []
    for letter, (legend, query) in zip("ABCDEFGH", panel["queries"].items()):
        target = {"refId": letter, "datasource": DATASOURCE, "expr": query,
                  "legendFormat": legend or "__auto"}
        if show == "table":
            target.update(format="table", instant=True)
        if show == "heatmap":
            target["format"] = "heatmap"
        targets.append(target)
    return targets


def _thresholds(panel):
    """Green, yellow and red; green alone where nothing is said."""
    if "bad" not in panel:
        return {"mode": "absolute", "steps": [{"color": "green",
                                               "value": None}]}
    warn, bad = panel["warn"], panel["bad"]
    colors = ("green", "yellow", "red") if bad >= warn else (
        "red", "yellow", "green")
    steps = [{"color": colors[0], "value": None}]
    if warn != bad:
        steps.append({"color": colors[1], "value": min(warn, bad)})
    steps.append({"color": colors[2], "value": max(warn, bad)})
    return {"mode": "absolute", "steps": steps}


def _options(show):
    if show == "stat":
        return {"reduceOptions": {"calcs": ["lastNotNull"]},
                "graphMode": "area", "colorMode": "value"}
    if show == "heatmap":
        return {"calculate": False, "yAxis": {"unit": "s"}}
    if show == "table":
        return {"showHeader": True}
    return {"tooltip": {"mode": "multi", "sort": "desc"},
            "legend": {"displayMode": "table", "placement": "bottom",
                       "calcs": ["lastNotNull", "mean", "max"]}}


def _panel(number, panel, place):
    show = panel.get("show", "curve")
    defaults = {"unit": panel.get("unit", "short"), "min": 0,
                "thresholds": _thresholds(panel)}
    if show == "curve":
        # Lines where it gets yellow and red, and no lines where data is missing.
        drawn = "dashed" if "bad" in panel else "off"
        defaults["custom"] = {"thresholdsStyle": {"mode": drawn},
                              "spanNulls": False, "fillOpacity": 10}
    if panel.get("unit") == "percentunit" and show == "stat":
        defaults["max"] = 1
    made = {"id": number, "title": panel["title"], "type": TYPES[show],
            "description": panel.get("about", ""), "datasource": DATASOURCE,
            "gridPos": place, "targets": _targets(panel, show),
            "fieldConfig": {"defaults": defaults, "overrides": []},
            "options": _options(show)}
    if show == "table":
        # What a scrape adds says nothing here.
        hidden = ("Time", "__name__", "instance", "job", "pod", "namespace",
                  "container", "endpoint", "service")
        made["transformations"] = [{"id": "organize", "options": {
            "excludeByName": {name: True for name in hidden}}}]
    return made


def _places(panels):
    """Left to right, then down."""
    x = y = row = 0
    for panel in panels:
        is_stat = panel.get("show") == "stat"
        width = STAT_WIDTH if is_stat else WIDTH
        height = STAT_HEIGHT if is_stat else HEIGHT
        if x + width > 24 or (x > 0 and height != row):
            x, y = 0, y + row
        yield {"x": x, "y": y, "w": width, "h": height}
        x, row = x + width, height


def dashboards():
    """Texts of the files by name."""
    texts = {}
    for name, spec in yaml.safe_load(
            (HERE / "dashboards.yaml").read_text()).items():
        panels = [_panel(number, panel, place) for number, (panel, place)
                  in enumerate(zip(spec["panels"], _places(spec["panels"])), 1)]
        texts[f"{name}.json"] = json.dumps({
            "uid": f"weir-{name}", "title": f"Weir: {spec['title']}",
            "tags": ["weir"], "schemaVersion": 38, "version": 1,
            "editable": True, "refresh": "30s", "timezone": "browser",
            "time": {"from": "now-1h", "to": "now"},
            "links": [{"type": "dashboards", "tags": ["weir"],
                       "title": "Weir", "asDropdown": True}],
            "templating": {"list": _variables(spec["panels"])}, "panels": panels,
        }, indent=1) + "\n"
    return texts


if __name__ == "__main__":
    for file, text in dashboards().items():
        (HERE / file).write_text(text)
