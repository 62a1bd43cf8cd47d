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
    with access.bot(about=task) as bot:
        explained = explain(bot, task)
    now_ms = access.now_ms()
    return TaskMetrics(task_id=task, fields=[_field(field, now_ms) for field in explained])


def _field(field: Explained, now_ms: int) -> MetricField:
    return MetricField(
        field=field.field,
        now=field.now,
        written=field.written,
        source=field.source,
        measure=field.measure,
        derived=field.summary,
        series=quoted(field.labels),
        bound_by=field.origin,
        read_at=iso(field.sample_ms),
        written_at=iso(field.written_ms),
        left_to_a_person_until=iso(field.held_until_ms if field.held_until_ms > now_ms else None),
    )


TOOL = Tool(call)
