"""Where values are written: into custom fields or, where a plan has no uses left, into a comment.

ClickUp's Free plan counts each write of a custom field, allows 60 ever, and then refuses all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, Protocol

from clickup_mlops.automations import field_values
from clickup_mlops.automations.model import Action, Change
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.model import METRICS
from clickup_mlops.features.metrics.placement.placing import NUMERIC
from clickup_mlops.features.metrics.placement.planning import Key, Write, format_value
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.decision import format_moment
from clickup_mlops.store.tables.journal import Journal
from clickup_mlops.store.tables.metric_values import MetricValue
from clickup_mlops.views.text import localize

AUTOMATION: Final = METRICS
"""The name that writes have in journal, audit, mutes and caps."""
COMMENT: Final = f"comment:{AUTOMATION}"
Known = Mapping[Key, MetricValue]


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One write to ClickUp, and the values that it brings."""

    task_id: str
    change: Change
    writes: tuple[Write, ...] = ()

    def action(self, cause: str, cap: int) -> Action:
        """As automations want it."""
        name = "set_field" if self.change.effect == "field" else "comment"
        return Action(AUTOMATION, name, self.task_id, self.change, cause, mode="on", cap=cap)


class Sink(Protocol):
    """Where values that were measured are written to."""

    def show(self, tasks: Iterable[Task], values: Known) -> Mapping[str, Task]:
        """The tasks by id, with the values that people see now in their fields."""

    def requests(
        self, writes: Sequence[Write], values: Known, now_ms: int
    ) -> Iterator[WriteRequest]:
        """What to write, in the same order."""


class Fields:
    """A call for each value."""

    def show(self, tasks: Iterable[Task], values: Known) -> Mapping[str, Task]:
        """As they are, and where our copy of a task is older than our write, as that left it."""
        newer: dict[str, dict[str, str | None]] = defaultdict(dict)
        by_id = {task.id: task for task in tasks}
        for value in values.values():
            task = by_id.get(value.task_id)
            if task and task.updated_ms < value.written_ms:
                newer[task.id][value.field_id] = _value(value)
        return by_id | {key: _with_values(by_id[key], fields) for key, fields in newer.items()}

    def requests(
        self, writes: Sequence[Write], values: Known, now_ms: int
    ) -> Iterator[WriteRequest]:
        """A request for each value by itself."""
        for write in writes:
            kind, config = write.field.type, write.field.type_config
            after = {"type": kind, "value": field_values.plain(kind, config, write.after)}
            facts = {"field": write.field.name, "value": write.after}
            before = field_values.of(write.field)
            kind = f"field:{write.field.id}"
            change = Change(kind, before, after, write.describe(), facts)
            yield WriteRequest(write.task.id, change, (write,))


class Comments:
    """One comment on each task, kept up to date: a call for all its values that changed."""

    def __init__(self, journal: Journal, zone: str) -> None:
        self._journal, self._zone = journal, zone

    def show(self, tasks: Iterable[Task], values: Known) -> Mapping[str, Task]:
        """With the values of the comment in place of the fields'."""
        return {
            task.id: _with_values(
                task,
                {
                    field.id: _value(values.get((task.id, field.id)))
                    for field in task.fields
                    if field.type in NUMERIC
                },
            )
            for task in tasks
        }

    def requests(
        self, writes: Sequence[Write], stored: Known, now_ms: int
    ) -> Iterator[WriteRequest]:
        """By task, the one with the most valuable change first."""
        values: dict[str, dict[str, float | None]] = defaultdict(dict)
        for value in stored.values():
            values[value.task_id][value.field] = value.value
        place = {write.task.id: at for at, write in reversed([*enumerate(writes)])}
        ordered = sorted(writes, key=lambda write: place[write.task.id])
        for task_id, task_writes in groupby(ordered, key=lambda write: write.task.id):
            grouped = tuple(task_writes)
            text = localize(_text(values[task_id], grouped, now_ms), self._zone)
            before = last_comment(self._journal, task_id, COMMENT)
            change = Change(COMMENT, before, {"text": text}, text, {"text": text})
            yield WriteRequest(task_id, change, grouped)


def last_comment(journal: Journal, task_id: str, kind: str) -> JsonObject | None:
    """The comment of this kind that the bot wrote last, as `before` of a change; None: none."""
    row = journal.latest_done(task_id, kind)
    if row is None or row.receipt is None or row.after is None:
        return None
    return {"id": row.receipt, "text": row.after["text"]}


def _with_values(task: Task, values: Mapping[str, str | None]) -> Task:
    """With these values of fields, by their ids."""
    fields = [
        {**field, "value": values[field["id"]]} if field.get("id") in values else field
        for field in task.raw.get("custom_fields") or ()
    ]
    return replace(task, raw={**task.raw, "custom_fields": fields})


def _value(value: MetricValue | None) -> str | None:
    return None if value is None or value.value is None else repr(value.value)


def _text(values: Mapping[str, float | None], writes: Sequence[Write], now_ms: int) -> str:
    after = {**values, **{write.field.name: write.after for write in writes}}
    lines = (
        f"- {escape_markdown(name)}: {_number(value)}" for name, value in sorted(after.items())
    )
    return "\n".join([f"**Metrics**, {format_moment(now_ms)}", "", *lines])


def _number(value: float | None) -> str:
    return "unknown: no new value" if value is None else f"**{format_value(value)}**"
