"""Explain the metric fields of a task: value, source, measure, series and times.

Gives each field that the bot fills on the task from a metric source, such as latency, throughput or
GPU use. An empty list means that it fills none. Reads the task from ClickUp: one call.
"""

from clickup_mlops.features.metrics.operations import Explained, explain
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Quoted, TaskId, Tool, iso, quoted


class MetricField(Answer):
    """A field of the task that the bot fills. Times in ISO 8601, UTC."""

    field: str
    now: float | None
    """What the task shows."""
    written: float | None
    """What the bot wrote last."""
    source: str
    measure: str
    derived: str
    """How the measure is derived, with its unit."""
    series: Quoted
    """Labels of the series, as its exporter wrote them."""
    bound_by: str
    """What connects the series with the task."""
    read_at: str
    written_at: str
    left_to_a_person_until: str
    """Empty: no person changed it."""


class TaskMetrics(Answer):
    """The fields of one task."""

    task_id: str
    fields: list[MetricField]


def call(access: Access, task: TaskId) -> TaskMetrics:
    """Raises NotFound: there is no such task."""
    with access.bot() as bot:
        found = explain(bot, task)
    now_ms = access.now_ms()
    return TaskMetrics(task_id=task, fields=[_field(one, now_ms) for one in found])


def _field(one: Explained, now_ms: int) -> MetricField:
    return MetricField(
        field=one.field,
        now=one.now,
        written=one.written,
        source=one.source,
        measure=one.measure,
        derived=one.summary,
        series=quoted(one.labels),
        bound_by=one.origin,
        read_at=iso(one.sample_ms),
        written_at=iso(one.written_ms),
        left_to_a_person_until=iso(one.held_until_ms if one.held_until_ms > now_ms else None),
    )


TOOL = Tool(call)
