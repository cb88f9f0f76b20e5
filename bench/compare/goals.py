"""The goals, and whether what was measured meets them. Pure."""

import enum
from typing import NamedTuple, Optional

import table

SUBJECT = "weir"


class By(enum.Enum):
    """How a metric becomes what is judged."""
    ITSELF = enum.auto()
    # Divided by, or less, what `than` names.
    RATIO = enum.auto()
    DIFFERENCE = enum.auto()


class Metric(NamedTuple):
    target: str
    name: str


class Goal(NamedTuple):
    what: str
    # Of SUBJECT; the other targets' are shown beside it.
    metric: str
    most: float
    stretch: Optional[float] = None
    by: By = By.ITSELF
    # What it is compared with: another target's same metric, or another metric
    # of SUBJECT's.
    than: Optional[Metric] = None
    digits: int = 2


class Verdict(enum.Enum):
    STRETCH = "yes, stretch too"
    MET = "yes"
    MISSED = "no"
    UNKNOWN = "-"


class Judged(NamedTuple):
    goal: Goal
    # What is compared with the goal; None where something was not measured.
    value: Optional[float]
    verdict: Verdict


def _than_target(target, metric, what, most, stretch=None, digits=2,
                 by=By.RATIO):
    return Goal(what, metric, most, stretch, by, Metric(target, metric), digits)


def _than_own(other, metric, what, most, stretch=None, by=By.RATIO, digits=2):
    return Goal(what, metric, most, stretch, by, Metric(SUBJECT, other), digits)


def _translated(unit):
    return [_than_own(f"translation.openai.{unit}",
                      f"translation.{dialect}.{unit}",
                      f"CPU us a {unit} translated to {dialect}, x as it came",
                      1.25, 1.1) for dialect in ("anthropic", "gemini")]


def _at_both_loads(one, other, what, most):
    rate = max(table.RATES)
    return [_than_own(f"{one}.{load}.cpu_us", f"{other}.{load}.cpu_us",
                      f"{what}, {said}", most)
            for load, said in (("sat", "at saturation"),
                               (rate, f"at {rate:,} rps"))]


ALL = [
    _than_target("nginx", "sat.cpu_us",
                 "CPU us a small request at saturation, x nginx", 0.85, 0.8),
    _than_target("relay", "sat.cpu_us", "the same, x relay", 1.25, 1.15),
    Goal("instructions a request", "counts.request.instructions", 15_000,
         10_000, digits=0),
    Goal("instructions a chunk", "counts.chunk.instructions", 1_500, 1_000,
         digits=0),
    Goal("system calls a request at saturation", "counts.request.calls", 4.1),
    Goal("system calls a request at 2,000 rps", "counts.paced.calls", 6),
    Goal("system calls a chunk", "counts.chunk.calls", 2.5),
    _than_target("nginx", "5000.cpu_us",
                 "CPU us a request at 5,000 rps, x nginx", 0.85),
    _than_target("nginx", "2000.cpu_us",
                 "CPU us a request at 2,000 rps, x nginx", 0.85),
    _than_target("nginx", "5000.p50.added",
                 "added p50 at 5,000 rps, ms, less nginx's", 0, digits=3,
                 by=By.DIFFERENCE),
    _than_target("nginx", "5000.p99.added",
                 "added p99 at 5,000 rps, ms, less nginx's", 0, digits=3,
                 by=By.DIFFERENCE),
    _than_target("nginx", "sse.cpu_us",
                 "CPU us a chunk, 1,000 streams at 20 ms, x nginx", 0.8, 0.75),
    _than_target("nginx", "wide.cpu_us",
                 "CPU us a chunk, 9,500 streams at 300 ms, x nginx", 0.8, 0.75),
    Goal("user memory a stream, kB", "wide.kb", 8, 4, digits=1),
    _than_target("nginx", "body.cpu_us",
                 "CPU us a request with 1 MB body, x nginx", 0.7, digits=2),
    *_translated("request"),
    *_translated("chunk"),
    Goal("ready after start, ms", "start.led_ms", 20, 10, digits=1),
    Goal("ready after start without a control plane, ms", "start.cached_ms", 20,
         10, digits=1),
    Goal("idle memory, PSS, MB", "start.pss_mb", 20, 12, digits=1),
    _than_target("nginx", "tls.kept.cpu_us",
                 "CPU us a request, upstream TLS kept alive, x nginx", 1.0),
    _than_target("nginx", "tls.new.cpu_us",
                 "CPU us a request, upstream TLS resumed each time, x nginx",
                 1.0),
    *_at_both_loads("workers.1", "workers.2",
                    "CPU us a request with 2 workers, x with 1", 1.05),
    *_at_both_loads("catalog.one", "catalog.models",
                    "CPU us a request, 1,000 models x 10 targets, x with 1",
                    1.1),
    *_at_both_loads("catalog.one", "catalog.keys",
                    "CPU us a request, 100,000 keys, x with 1", 1.1),
    _than_own("snapshots.calm.p99", "snapshots.changing.p99",
              "p99 while 10,000 targets change, ms, less while calm", 1.0,
              by=By.DIFFERENCE),
    Goal("control plane, 1,000 targets each 10 s, % of a core",
         "probing.percent", 2),
]


def judge(goal, result):
    """`result`: {target: {metric: value}}."""
    value = result.get(SUBJECT, {}).get(goal.metric)
    if value is not None and goal.by is not By.ITSELF:
        other = result.get(goal.than.target, {}).get(goal.than.name)
        if other is None or (goal.by is By.RATIO and other <= 0):
            value = None
        elif goal.by is By.RATIO:
            value /= other
        else:
            value -= other
    if value is None:
        return Judged(goal, None, Verdict.UNKNOWN)
    if goal.stretch is not None and value <= goal.stretch:
        return Judged(goal, value, Verdict.STRETCH)
    return Judged(goal, value,
                  Verdict.MET if value <= goal.most else Verdict.MISSED)


# Whose measurements stand beside each other.
COLUMNS = ("weir", "nginx", "haproxy", "relay")


def _measured(judged, target, result):
    goal = judged.goal
    value = result.get(target, {}).get(goal.metric)
    if value is None:
        return "-"
    text = f"{value:,.{goal.digits}f}"
    # What it is compared with has no column of its own.
    if (goal.than is not None and goal.than.name != goal.metric
            and goal.than.name in result[target]):
        text += f" ({result[target][goal.than.name]:,.{goal.digits}f})"
    return text


def rendered(result):
    """The table, of the goals that anything was measured for."""
    rows = []
    for goal in ALL:
        if goal.metric not in result.get(SUBJECT, {}):
            continue
        judged = judge(goal, result)
        number = f",.{goal.digits}f"
        rows.append([
            goal.what, f"{goal.most:,g}",
            "" if goal.stretch is None else f"{goal.stretch:,g}",
            *(_measured(judged, target, result) for target in COLUMNS),
            "-" if judged.value is None else format(judged.value, number),
            judged.verdict.value])
    return table.render(["goal", "at most", "stretch", *COLUMNS, "is", "met"],
                        rows)
