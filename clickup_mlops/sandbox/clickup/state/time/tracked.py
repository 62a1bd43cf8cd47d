"""The tracked time of a task, and the event that reports a change of it."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from clickup_mlops.sandbox.clickup.state.events import Change, Event
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.tasks import relations
from clickup_mlops.sandbox.clickup.state.world import World


class Span(Protocol):
    """A time entry, as far as tracked time is concerned."""

    id: str
    start: int
    end: int | None
    at: int


def format_interval(entry: Span) -> JsonTable | None:
    """An entry as history items show it; None while it is running."""
    if entry.end is None:
        return None
    return {
        "id": entry.id,
        "start": str(entry.start),
        "end": str(entry.end),
        "time": str(entry.end - entry.start),
        "source": "clickup",
        "date_added": str(entry.at),
    }


def compute_total(entries: Iterable[Span]) -> int:
    """Milliseconds of all finished entries."""
    return sum(entry.end - entry.start for entry in entries if entry.end is not None)


class TrackedChange(NamedTuple):
    """A change of one entry, as history shows it before and after, and the new total."""

    description: str
    entry_id: str
    before: JsonTable | None
    after: JsonTable | None
    total_ms: int


def record_change(world: World, actor: User, task: Task, change: TrackedChange) -> None:
    """Save a task's tracked time; emit taskUpdated and taskTimeTrackedUpdated."""
    total_ms = change.total_ms
    world.log_write(task.id, "time_spent", task.time_spent, total_ms, actor)
    task.time_spent, task.date_updated = total_ms, world.now_ms()
    world.tasks.put(task)
    rolled_up = total_ms + sum(child.time_spent for child in relations.list_subtasks(world, task))
    data = {"total_time": str(total_ms), "rollup_time": str(rolled_up)}
    item = world.item(Change("time_spent", change.before, change.after, data), task.list_id, actor)
    named = {"description": change.description, "interval_id": change.entry_id}
    where, subject = (world.place(task),), {"task_id": task.id}
    world.emit(Event("taskUpdated", subject, where, (item,)))
    world.emit(Event("taskTimeTrackedUpdated", {**subject, "data": named}, where, (item,)))
