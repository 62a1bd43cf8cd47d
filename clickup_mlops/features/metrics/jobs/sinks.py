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
from clickup_mlops.features.metrics.placement.planning import Key, Write, shown
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.decision import format_moment
from clickup_mlops.store.tables.journal import Journal
from clickup_mlops.store.tables.metric_values import MetricValue

AUTOMATION: Final = METRICS
"""The name that writes have in journal, audit, mutes and caps."""
COMMENT: Final = f"comment:{AUTOMATION}"
Known = Mapping[Key, MetricValue]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One write to ClickUp, and the values that it brings."""

    task_id: str
    change: Change
    writes: tuple[Write, ...] = ()

    def action(self, cause: str, cap: int) -> Action:
        """As automations want it."""
        name = "set_field" if self.change.effect == "field" else "comment"
        return Action(AUTOMATION, name, self.task_id, self.change, cause, mode="on", cap=cap)


class Sink(Protocol):
    """Where values go."""

    def shown(self, tasks: Iterable[Task], known: Known) -> Mapping[str, Task]:
        """The tasks by id, with the values that people see now in their fields."""

    def wanted(self, writes: Sequence[Write], known: Known, now_ms: int) -> Iterator[Wanted]:
        """What to write, in the same order."""


class Fields:
    """A call for each value."""

    def shown(self, tasks: Iterable[Task], known: Known) -> Mapping[str, Task]:
        """As they are, and where our copy of a task is older than our write, as that left it."""
        newer: dict[str, dict[str, str | None]] = defaultdict(dict)
        found = {task.id: task for task in tasks}
        for one in known.values():
            task = found.get(one.task_id)
            if task and task.updated_ms < one.written_ms:
                newer[task.id][one.field_id] = _value(one)
        return found | {key: _with_values(found[key], values) for key, values in newer.items()}

    def wanted(self, writes: Sequence[Write], known: Known, now_ms: int) -> Iterator[Wanted]:
        """Each by itself."""
        for write in writes:
            kind, config = write.field.type, write.field.type_config
            after = {"type": kind, "value": field_values.plain(kind, config, write.after)}
            shown = {"field": write.field.name, "value": write.after}
            before = field_values.of(write.field)
            kind = f"field:{write.field.id}"
            change = Change(kind, before, after, write.describe(), shown)
            yield Wanted(write.task.id, change, (write,))


class Comments:
    """One comment on each task, kept up to date: a call for all its values that changed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def shown(self, tasks: Iterable[Task], known: Known) -> Mapping[str, Task]:
        """With the values of the comment in place of the fields'."""
        return {
            task.id: _with_values(
                task,
                {
                    one.id: _value(known.get((task.id, one.id)))
                    for one in task.fields
                    if one.type in NUMERIC
                },
            )
            for task in tasks
        }

    def wanted(self, writes: Sequence[Write], known: Known, now_ms: int) -> Iterator[Wanted]:
        """By task, the one with the most valuable change first."""
        values: dict[str, dict[str, float | None]] = defaultdict(dict)
        for one in known.values():
            values[one.task_id][one.field] = one.value
        place = {write.task.id: at for at, write in reversed([*enumerate(writes)])}
        ordered = sorted(writes, key=lambda write: place[write.task.id])
        for task_id, found in groupby(ordered, key=lambda write: write.task.id):
            own = tuple(found)
            text = _text(values[task_id], own, now_ms)
            before = last_comment(self._journal, task_id, COMMENT)
            change = Change(COMMENT, before, {"text": text}, text, {"text": text})
            yield Wanted(task_id, change, own)


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


def _value(known: MetricValue | None) -> str | None:
    return None if known is None or known.value is None else repr(known.value)


def _text(values: Mapping[str, float | None], writes: Sequence[Write], now_ms: int) -> str:
    after = {**values, **{write.field.name: write.after for write in writes}}
    lines = (
        f"- {escape_markdown(name)}: {_number(value)}" for name, value in sorted(after.items())
    )
    return "\n".join([f"**Metrics**, {format_moment(now_ms)}", "", *lines])


def _number(value: float | None) -> str:
    return "unknown: no new value" if value is None else f"**{shown(value)}**"
