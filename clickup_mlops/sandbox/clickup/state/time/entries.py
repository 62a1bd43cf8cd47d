"""Time entries: tracked time of one person, on a task or not. One without `end` is running.

Uses of entries without a task, and of entries for others, are limited on cheaper plans; how many
is not documented, so that they are not counted here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.time import labels, tracked
from clickup_mlops.sandbox.clickup.state.time.tracked import TrackedChange
from clickup_mlops.sandbox.clickup.state.values import (
    get_member,
    read_flag,
    read_records,
    read_text,
    read_time,
)
from clickup_mlops.sandbox.clickup.state.world import World

MONTH_MS = 30 * 86_400_000
"""How far back a read goes that names no `start_date`."""


@dataclass(slots=True)
class TimeEntry:
    """A time entry. `labels` are names; `history` is what was changed since it was made."""

    id: str
    team_id: str
    user_id: int
    start: int
    end: int | None
    at: int
    task_id: str | None = None
    description: str = ""
    billable: bool = False
    labels: list[str] = field(default_factory=list)
    history: list[JsonTable] = field(default_factory=list)

    def duration(self, now_ms: int) -> int:
        """In milliseconds; negative while it is running."""
        return self.start - now_ms if self.end is None else self.end - self.start


@dataclass(frozen=True, slots=True)
class Query:
    """What a read asks for: started in `[since, until]`, by these people, and more."""

    since: int
    until: int
    user_ids: tuple[int, ...]
    place: tuple[str, str] | None = None
    billable: bool | None = None


# Finding


def get(world: World, actor: User, team_id: str, entry_id: str) -> TimeEntry:
    """An entry by id: one's own, or any for owners and admins."""
    entry = world.table(TimeEntry).get(entry_id)
    if entry is None or entry.team_id != team_id or not _may_touch(actor, entry.user_id):
        raise no_access("Time entry")
    return entry


def search(world: World, team_id: str, query: Query) -> list[TimeEntry]:
    """The entries that a query asks for, in the order of their start."""
    entries = [
        entry
        for entry in world.table(TimeEntry)
        if entry.team_id == team_id
        and entry.user_id in query.user_ids
        and query.since <= entry.start <= query.until
        and query.billable in (None, entry.billable)
        and _is_at(world, entry, query.place)
    ]
    return sorted(entries, key=lambda entry: (entry.start, entry.id))


def list_task_entries(world: World, task_id: str) -> list[TimeEntry]:
    """The finished entries of a task, in the order of their start."""
    entries = [e for e in world.table(TimeEntry) if e.task_id == task_id and e.end is not None]
    return sorted(entries, key=lambda entry: (entry.start, entry.id))


def read_user_ids(world: World, actor: User, assignees: str | None) -> tuple[int, ...]:
    """Whose entries a read is about: comma-separated ids, or oneself."""
    if not assignees:
        return (actor.id,)
    ids = tuple(get_member(world, user_id.strip()).id for user_id in assignees.split(","))
    if any(not _may_touch(actor, user_id) for user_id in ids):
        access.require_admin(actor)
    return ids


def find_running(world: World, team_id: str, user_id: int) -> TimeEntry | None:
    """The running timer of a person, of which there is at most one."""
    for entry in world.table(TimeEntry):
        if (entry.team_id, entry.user_id, entry.end) == (team_id, user_id, None):
            return entry
    return None


# Changing


def create(
    world: World, actor: User, team_id: str, body: JsonTable, task: Task | None = None
) -> TimeEntry:
    """A finished entry, of oneself or, for owners and admins, of anybody."""
    user = get_member(world, body["assignee"]) if body.get("assignee") is not None else actor
    if not _may_touch(actor, user.id):
        access.require_admin(actor)
    start, end = _read_span(body)
    entry = _store_new_entry(
        world, actor, TimeEntry("", team_id, user.id, start, end, 0), body, task
    )
    _record_change(world, actor, entry, None, "Time Tracking Created")
    return entry


def start(world: World, actor: User, team_id: str, body: JsonTable, task: Task | None) -> TimeEntry:
    """Start one's timer; another one that is running stops."""
    now = world.now_ms()
    check_trackable(world, actor, task)
    stop(world, actor, team_id)
    return _store_new_entry(
        world, actor, TimeEntry("", team_id, actor.id, now, None, 0), body, task
    )


def stop(world: World, actor: User, team_id: str) -> TimeEntry | None:
    """Stop one's timer; None if none is running."""
    entry = find_running(world, team_id, actor.id)
    if entry is not None:
        entry.end = entry.at = world.now_ms()
        world.table(TimeEntry).put(entry)
        _record_change(world, actor, entry, None, "Time Tracking Created")
    return entry


def update(world: World, actor: User, entry: TimeEntry, body: JsonTable, task: Task | None) -> None:
    """Change what is named; `tag_action` says what happens to the labels."""
    before, was = _capture_values(entry), tracked.format_interval(entry)
    start, end = _read_new_span(entry, body)
    names = _read_new_labels(world, actor, entry, body)
    check_trackable(world, actor, task)
    if task and entry.task_id != task.id:
        _leave_task(world, actor, entry)
        entry.task_id, was = task.id, None
    entry.start, entry.end, entry.labels = start, end, names
    entry.description = read_text(body, "description", entry.description)
    entry.billable = read_flag(body, "billable", entry.billable)
    _record_history(world, actor, entry, before)
    _record_change(world, actor, entry, was, "Time Tracking Updated")


def delete(world: World, actor: User, entry: TimeEntry) -> None:
    """Remove an entry; the task's tracked time falls."""
    world.table(TimeEntry).drop(entry.id)
    _record_change(
        world,
        actor,
        entry,
        tracked.format_interval(entry),
        "Time Tracking Deleted",
        is_deleted=True,
    )


def change_labels(
    world: World, actor: User, entries: Iterable[TimeEntry], add: Iterable[str], rem: Iterable[str]
) -> None:
    """Put labels on entries and take others off."""
    for entry in entries:
        before = _capture_values(entry)
        entry.labels = [
            name for name in dict.fromkeys([*entry.labels, *add]) if name not in set(rem)
        ]
        _record_history(world, actor, entry, before)


def move_to(world: World, source_id: str, target: Task) -> None:
    """Give all entries of a task to another one, as merging does."""
    for entry in [e for e in world.table(TimeEntry) if e.task_id == source_id]:
        entry.task_id = target.id
        world.table(TimeEntry).put(entry)
    target.time_spent = tracked.compute_total(list_task_entries(world, target.id))


def check_trackable(world: World, actor: User, task: Task | None) -> None:
    """Refuse time on a task where the ClickApp is off or a guest may not edit."""
    if task is None:
        return
    space = world.spaces[world.lists[task.list_id].space_id]
    if not space.features["time_tracking"]["enabled"]:
        raise Refusal("TIMEENTRY_072", "Time tracking is not enabled in this Space")
    if actor.role == access.GUEST and access.get_share(world, actor, task) not in (
        "edit",
        "create",
    ):
        raise Refusal("ACCESS_083", "You may not track time on this task")


def _store_new_entry(
    world: World, actor: User, entry: TimeEntry, body: JsonTable, task: Task | None
) -> TimeEntry:
    check_trackable(world, actor, task)
    entry.id, entry.at = world.ids.history(), world.now_ms()
    entry.task_id = task.id if task else None
    entry.description = read_text(body, "description", "")
    entry.billable = read_flag(body, "billable", False)
    entry.labels = labels.ensure_labels(world, actor, entry.team_id, read_records(body, "tags"))
    return world.table(TimeEntry).put(entry)


def _may_touch(actor: User, user_id: int) -> bool:
    return actor.id == user_id or actor.role <= access.ADMIN


def _is_at(world: World, entry: TimeEntry, place: tuple[str, str] | None) -> bool:
    if place is None:
        return True
    task = world.tasks.get(entry.task_id)
    return task is not None and getattr(world.place(task), place[0]) == place[1]


def _read_span(body: JsonTable) -> tuple[int, int]:
    """Start and end: `end` or `stop`, else `duration` after the start."""
    start, length = read_time(body, "start", None), read_time(body, "duration", None)
    end = read_time(body, "end", None) or read_time(body, "stop", None)
    if start is not None and end is None and length is not None:
        end = start + length
    if start is None or end is None or end < start:
        raise bad_input("start, and end or duration, are required")
    return start, end


def _read_new_span(entry: TimeEntry, body: JsonTable) -> tuple[int, int | None]:
    if ("start" in body) != ("end" in body):
        raise bad_input("start and end must be given together")
    if "start" in body:
        return _read_span(body)
    length = read_time(body, "duration", None)
    return entry.start, entry.end if length is None else _read_span({"start": entry.start, **body})[
        1
    ]


def _read_new_labels(world: World, actor: User, entry: TimeEntry, body: JsonTable) -> list[str]:
    if "tags" not in body:
        return entry.labels
    action, sent_labels = read_text(body, "tag_action", "replace"), read_records(body, "tags")
    if action not in ("replace", "add", "remove"):
        raise bad_input("tag_action must be replace, add or remove")
    if action == "remove":
        removed = {label.get("name") for label in sent_labels}
        return [name for name in entry.labels if name not in removed]
    names = labels.ensure_labels(world, actor, entry.team_id, sent_labels)
    return names if action == "replace" else list(dict.fromkeys(entry.labels + names))


def _capture_values(entry: TimeEntry) -> JsonTable:
    keys = ("start", "end", "description", "billable", "labels", "task_id")
    return {key: getattr(entry, key) for key in keys}


def _record_history(world: World, actor: User, entry: TimeEntry, before: JsonTable) -> None:
    now = world.now_ms()
    entry.history += [
        {
            "id": world.ids.history(),
            "field": "tags" if key == "labels" else key,
            "before": was,
            "after": value,
            "date": now,
            "user_id": actor.id,
        }
        for key, value in _capture_values(entry).items()
        if (was := before[key]) != value
    ]
    entry.at = now
    world.table(TimeEntry).put(entry)


def _leave_task(world: World, actor: User, entry: TimeEntry) -> None:
    """Take the entry off the task that it was on."""
    was, old = tracked.format_interval(entry), entry.task_id
    entry.task_id = None
    if (task := world.tasks.get(old)) and was:
        total = tracked.compute_total(list_task_entries(world, task.id))
        change = TrackedChange("Time Tracking Deleted", entry.id, was, None, total)
        tracked.record_change(world, actor, task, change)


def _record_change(
    world: World,
    actor: User,
    entry: TimeEntry,
    was: JsonTable | None,
    description: str,
    *,
    is_deleted: bool = False,
) -> None:
    task = world.tasks.get(entry.task_id)
    is_now = None if is_deleted else tracked.format_interval(entry)
    if task is not None and was != is_now:
        total = tracked.compute_total(list_task_entries(world, task.id))
        tracked.record_change(
            world, actor, task, TrackedChange(description, entry.id, was, is_now, total)
        )
