"""Medians over the rounds, and tables of them. Pure."""

import statistics

REFERENCE = "nginx"
RATES = (2000, 5000)
QUANTILES = ("p50", "p99", "p99.9")


def medians(rounds):
    """rounds: a list of {target: {metric: value}}, one entry a round."""
    by_target = {}
    for one in rounds:
        base = one.get("direct", {})
        for name, metrics in one.items():
            collected = by_target.setdefault(name, {})
            for key, value in metrics.items():
                collected.setdefault(key, []).append(value)
                # Latency minus that of the same round without a proxy.
                if key.rpartition(".p")[1] and key in base:
                    collected.setdefault(f"{key}.added", []).append(
                        value - base[key])
    return {name: {key: statistics.median(values)
                   for key, values in collected.items()}
            for name, collected in by_target.items()}


def render(header, rows):
    rows = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(metrics, key, digits):
    return f"{metrics[key]:,.{digits}f}" if key in metrics else "-"


def _ratio(result, name, key):
    reference = result.get(REFERENCE, {}).get(key)
    value = result[name].get(key)
    return f"{value / reference:.2f}" if value and reference else "-"


def _of(result, *keys):
    """The targets that have any of these metrics."""
    return {name: metrics for name, metrics in result.items()
            if any(key in metrics for key in keys)}


def requests_table(result):
    header = ["JSON", "rps", "CPU us", "x nginx", "RSS MB"]
    for rate in RATES:
        header += [f"CPU us at {rate}", "x nginx"]
        header += [f"+{q} ms" for q in QUANTILES]
    rows = []
    for name, metrics in _of(result, "sat.rps").items():
        row = [name, _cell(metrics, "sat.rps", 0),
               _cell(metrics, "sat.cpu_us", 2),
               _ratio(result, name, "sat.cpu_us"),
               _cell(metrics, "sat.rss_mb", 1)]
        for rate in RATES:
            row += [_cell(metrics, f"{rate}.cpu_us", 1),
                    _ratio(result, name, f"{rate}.cpu_us")]
            # Of `direct` the latency itself, which the others add to.
            suffix = "" if name == "direct" else ".added"
            row += [_cell(metrics, f"{rate}.{q}{suffix}", 3)
                    for q in QUANTILES]
        rows.append(row)
    return render(header, rows) if rows else ""


def streams_table(result):
    header = ["streams"]
    kinds = (("1,000", "sse"), ("9,500", "wide"))
    for count, _ in kinds:
        header += [f"events/s of {count}", "CPU us a chunk", "x nginx",
                   "kB a stream"]
    rows = []
    for name, metrics in _of(result, "sse.events_per_s",
                             "wide.events_per_s").items():
        row = [name]
        for _, kind in kinds:
            row += [_cell(metrics, f"{kind}.events_per_s", 0),
                    _cell(metrics, f"{kind}.cpu_us", 2),
                    _ratio(result, name, f"{kind}.cpu_us"),
                    _cell(metrics, f"{kind}.kb", 1)]
        rows.append(row)
    return render(header, rows) if rows else ""
