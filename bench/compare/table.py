"""Medians over the rounds, as two tables."""

import statistics

import measure

REFERENCE = "nginx"


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


def _cell(metrics, key, digits):
    return f"{metrics[key]:.{digits}f}" if key in metrics else "-"


def _ratio(result, name, key):
    reference = result.get(REFERENCE, {}).get(key)
    value = result[name].get(key)
    return f"{value / reference:.2f}" if value and reference else "-"


def render(header, rows):
    rows = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def json_table(result):
    header = ["JSON", "rps", "CPU us", "x nginx", "RSS MB"]
    for rate in measure.RATES:
        header += [f"CPU us at {rate}", "x nginx"]
        header += [f"+{q} ms" for q in measure.QUANTILES]
    rows = []
    for name, metrics in result.items():
        row = [name, _cell(metrics, "sat.rps", 0),
               _cell(metrics, "sat.cpu_us", 2),
               _ratio(result, name, "sat.cpu_us"),
               _cell(metrics, "sat.rss_mb", 1)]
        for rate in measure.RATES:
            row += [_cell(metrics, f"{rate}.cpu_us", 1),
                    _ratio(result, name, f"{rate}.cpu_us")]
            # Of `direct` the latency itself, which the others add to.
            suffix = "" if name == "direct" else ".added"
            row += [_cell(metrics, f"{rate}.{q}{suffix}", 3)
                    for q in measure.QUANTILES]
        rows.append(row)
    return render(header, rows)


def sse_table(result):
    header = [f"{measure.STREAMS} streams", "events/s", "CPU us a chunk",
              "x nginx", "kB a stream", "x nginx"]
    rows = [[name, _cell(metrics, "sse.events_per_s", 0),
             _cell(metrics, "sse.cpu_us", 2),
             _ratio(result, name, "sse.cpu_us"),
             _cell(metrics, "sse.kb", 1), _ratio(result, name, "sse.kb")]
            for name, metrics in result.items()]
    return render(header, rows)
