"""Definitions of all Prometheus metrics of the bot.

Parts of the bot count where something happens; `web/metrics.py` reads shared state from the store
at each scrape. Counters and histograms belong to one process: sum them over all processes. A gauge
that is described as *shared* comes from the store and has the same value in every process: take the
maximum. The reference page is generated from these definitions.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

REGISTRY: Final = CollectorRegistry()
"""A separate registry, without metrics of other libraries in the default one."""

PREFIX: Final = "clickup_mlops_"

_CALL_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_WAIT_S: Final = (0.005, 0.05, 0.25, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)

Metric = TypeVar("Metric", bound=MetricWrapperBase)
_documented: list[MetricWrapperBase] = []


@dataclass(frozen=True, slots=True)
class MetricDescription:
    """A metric as the reference page shows it. `names` are what queries use."""

    names: tuple[str, ...]
    kind: str
    labels: tuple[str, ...]
    meaning: str


def list_metrics() -> tuple[MetricDescription, ...]:
    """Every metric, in the order of this file."""
    return tuple(
        MetricDescription(
            _series_names(metric),
            str(metric._type),
            tuple(metric._labelnames),
            metric._documentation,
        )
        for metric in _documented
    )


def list_series_names() -> frozenset[str]:
    """Every series name that a query may use."""
    return frozenset(name for metric in list_metrics() for name in metric.names)


def _series_names(metric: MetricWrapperBase) -> tuple[str, ...]:
    name: str = metric._name
    if metric._type == "histogram":
        return (f"{name}_bucket", f"{name}_sum", f"{name}_count")
    return (f"{name}_total",) if metric._type == "counter" else (name,)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return _register(Counter(PREFIX + name, meaning, labels, registry=REGISTRY))


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return _register(Gauge(PREFIX + name, meaning, labels, registry=REGISTRY))


def _histogram(name: str, meaning: str, *labels: str, buckets: tuple[float, ...]) -> Histogram:
    return _register(Histogram(PREFIX + name, meaning, labels, registry=REGISTRY, buckets=buckets))


def _register(metric: Metric) -> Metric:
    _documented.append(metric)
    return metric


# -- events

EVENTS = _counter("events", "Webhook deliveries by `result`: new, duplicate, busy (503).", "result")
REFUSED = _counter("events_refused", "Webhook deliveries that were refused, by reason.", "reason")
INBOX_ROWS = _gauge(
    "inbox_rows",
    "Events by `state`, shared: ready (due), waiting (for a retry, or behind one), running (lanes, "
    "not events), parked (needs a person).",
    "state",
)
OLDEST = _gauge(
    "inbox_oldest_seconds",
    "Lag, shared: age in seconds of the oldest event that is not handled yet; 0 if there is none.",
)
REPORTS = _counter(
    "reports",
    "Deliveries of other systems, by integration and `result`: stored, refused (signature or "
    "token), unreadable, busy (to be sent again).",
    "integration",
    "result",
)
HANDLED = _counter(
    "events_handled",
    "Events by result of an attempt: done, retried, postponed, parked, paused (token refused).",
    "result",
)

# -- decisions and actions

DECISIONS = _counter(
    "decisions",
    "New decisions. `priority` is 1 (Urgent) to 4 (Low), or none; `decided_by` is a cell of the "
    "policy, `person` or the like.",
    "workload",
    "priority",
    "decided_by",
)
ABSTENTIONS = _counter(
    "abstentions", "Decisions with the default workload, because the text was unclear."
)
ACTIONS = _counter(
    "actions",
    "Actions of automations, by automation and `state`: done, shadow, capped, held (quiet hours), "
    "problem (not planned), refused (by ClickUp), handed over (to the lane of another task).",
    "automation",
    "state",
)
RUNS = _counter(
    "automation_runs",
    "Runs of automations with actions, by automation and `result`: done, partly failed, failed, "
    "refused, capped, held, overtaken, shadow.",
    "automation",
    "result",
)
EVENT_TO_WRITE = _histogram(
    "event_to_write_seconds",
    "Write latency: seconds from the arrival of an event to its writes in ClickUp.",
    buckets=_WAIT_S,
)
WEBHOOKS = _counter(
    "outgoing_webhooks",
    "Webhooks of automations, by target and `result`: sent, again (tried later), refused (parked).",
    "target",
    "result",
)
OVERRIDES = _counter("overrides", "Priorities set by people.")
OVERRIDES_HELD = _gauge("overrides_held", "Priorities of people that are held now, shared.")

# -- ClickUp

CALLS = _counter(
    "calls",
    "Requests to ClickUp, including retries, by endpoint and HTTP status (0: no answer).",
    "endpoint",
    "status",
)
FOREIGN_ANSWERS = _counter(
    "foreign_answers",
    "Calls that something in between answered instead of ClickUp: a proxy's page, a redirect.",
)
CALL_SECONDS = _histogram(
    "call_seconds", "Seconds of one request, by `kind`: read or write.", "kind", buckets=_CALL_S
)
RATE_LIMITED = _counter("rate_limited", "Answers 429. Expected to be zero.")
BUDGET_WAIT = _histogram(
    "budget_wait_seconds",
    "Seconds that calls waited for the budget, by priority class.",
    "priority_class",
    buckets=_WAIT_S,
)
BUDGET_LIMIT = _gauge(
    "budget_limit",
    "Calls that ClickUp allows in a window (a minute), by token hash, shared.",
    "token",
)
BUDGET_LEFT = _gauge("budget_left", "Calls left in this window, by token hash, shared.", "token")
BUDGET_PAUSED = _gauge(
    "budget_paused_seconds",
    "Seconds until calls go on after a 429, by token hash, shared.",
    "token",
)
HOOK_HEALTHY = _gauge(
    "hook_healthy",
    "1 if the webhook is active and up to date at the last check, else 0, shared.",
    "webhook",
)
HOOK_FAILURES = _gauge(
    "hook_failures",
    "Failed deliveries counted by ClickUp; it suspends the webhook at 100. Shared.",
    "webhook",
)
HOOK_REPAIRS = _counter("hook_repairs", "Repairs of the webhook.")

# -- the bot itself

PAUSED = _gauge("paused", "1 while the bot is paused because ClickUp refuses its token.")
PART_RUNS = _gauge("part_runs", "1 if this part of the process runs, else 0.", "part")
STALLED = _gauge(
    "stalled", "1 while lanes are stalled without a known reason, else 0. The log has the stacks."
)
JOB_SUCCESS = _gauge(
    "job_success_timestamp_seconds", "Unix time of the last success of the job, shared.", "cron"
)
JOB_FAILURES = _counter("job_failures", "Runs of a job that failed.", "cron")
STORE_UP = _gauge("store_up", "1 if the store can be read and written, else 0.")
ENGINE_UP = _gauge(
    "engine_up",
    "1 if the last event could be handed to the engine, 0 if its broker was away: events wait.",
)
DISK_FREE = _gauge("store_disk_free_bytes", "Free bytes on the file system of a SQLite store.")
BUILD = _gauge("build_info", "Always 1; the labels are versions.", "version", "python", "engine")


def record_call(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request to ClickUp. `route` is a template, so that no id becomes a label."""
    CALLS.labels(f"{method} {route}", str(status)).inc()
    CALL_SECONDS.labels("read" if method == "GET" else "write").observe(seconds)
    if status == 429:
        RATE_LIMITED.inc()
