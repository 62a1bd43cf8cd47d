"""Time entries: tracked time of one person, on a task or not. One without `end` is running.

Uses of entries without a task, and of entries for others, are limited on cheaper plans; how many
is not documented, so that they are not counted here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.model import Json, Task, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.time import labels, tracked
from clickup_mlops.sandbox.clickup.state.time.tracked import Tracked
from clickup_mlops.sandbox.clickup.state.values import flag, moment, person, records, text
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
    history: list[Json] = field(default_factory=list)

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
    found = world.table(TimeEntry).get(entry_id)
    if found is None or found.team_id != team_id or not _may_touch(actor, found.user_id):
        raise no_access("Time entry")
    return found


def search(world: World, team_id: str, wanted: Query) -> list[TimeEntry]:
    """The entries that a query asks for, in the order of their start."""
    found = [
        one
        for one in world.table(TimeEntry)
        if one.team_id == team_id
        and one.user_id in wanted.user_ids
        and wanted.since <= one.start <= wanted.until
        and wanted.billable in (None, one.billable)
        and _is_at(world, one, wanted.place)
    ]
    return sorted(found, key=lambda one: (one.start, one.id))


def of_task(world: World, task_id: str) -> list[TimeEntry]:
    """The finished entries of a task, in the order of their start."""
    found = [e for e in world.table(TimeEntry) if e.task_id == task_id and e.end is not None]
    return sorted(found, key=lambda one: (one.start, one.id))


def people(world: World, actor: User, asked: str | None) -> tuple[int, ...]:
    """Whose entries a read is about: comma-separated ids, or oneself."""
    if not asked:
        return (actor.id,)
    ids = tuple(person(world, one.strip()).id for one in asked.split(","))
    if any(not _may_touch(actor, one) for one in ids):
        access.admin(actor)
    return ids


def running(world: World, team_id: str, user_id: int) -> TimeEntry | None:
    """The running timer of a person, of which there is at most one."""
    for one in world.table(TimeEntry):
        if (one.team_id, one.user_id, one.end) == (team_id, user_id, None):
            return one
    return None


# Changing


def create(
    world: World, actor: User, team_id: str, body: Json, task: Task | None = None
) -> TimeEntry:
    """A finished entry, of oneself or, for owners and admins, of anybody."""
    user = person(world, body["assignee"]) if body.get("assignee") is not None else actor
    if not _may_touch(actor, user.id):
        access.admin(actor)
    start, end = _span(body)
    made = _fresh(world, actor, TimeEntry("", team_id, user.id, start, end, 0), body, task)
    _tell(world, actor, made, None, "Time Tracking Created")
    return made


def start(world: World, actor: User, team_id: str, body: Json, task: Task | None) -> TimeEntry:
    """Start one's timer; another one that is running stops."""
    now = world.now_ms()
    trackable(world, actor, task)
    stop(world, actor, team_id)
    return _fresh(world, actor, TimeEntry("", team_id, actor.id, now, None, 0), body, task)


def stop(world: World, actor: User, team_id: str) -> TimeEntry | None:
    """Stop one's timer; None if none is running."""
    found = running(world, team_id, actor.id)
    if found is not None:
        found.end = found.at = world.now_ms()
        world.table(TimeEntry).put(found)
        _tell(world, actor, found, None, "Time Tracking Created")
    return found


def update(world: World, actor: User, found: TimeEntry, body: Json, task: Task | None) -> None:
    """Change what is named; `tag_action` says what happens to the labels."""
    before, was = _values(found), tracked.interval(found)
    start, end = _new_span(found, body)
    names = _new_labels(world, actor, found, body)
    trackable(world, actor, task)
    if task and found.task_id != task.id:
        _leave(world, actor, found)
        found.task_id, was = task.id, None
    found.start, found.end, found.labels = start, end, names
    found.description = text(body, "description", found.description)
    found.billable = flag(body, "billable", found.billable)
    _remember(world, actor, found, before)
    _tell(world, actor, found, was, "Time Tracking Updated")


def delete(world: World, actor: User, found: TimeEntry) -> None:
    """Remove an entry; the task's tracked time falls."""
    world.table(TimeEntry).drop(found.id)
    _tell(world, actor, found, tracked.interval(found), "Time Tracking Deleted", gone=True)


def relabel(
    world: World, actor: User, found: Iterable[TimeEntry], add: Iterable[str], rem: Iterable[str]
) -> None:
    """Put labels on entries and take others off."""
    for one in found:
        before = _values(one)
        one.labels = [name for name in dict.fromkeys([*one.labels, *add]) if name not in set(rem)]
        _remember(world, actor, one, before)


def move_to(world: World, source_id: str, target: Task) -> None:
    """Give all entries of a task to another one, as merging does."""
    for one in [e for e in world.table(TimeEntry) if e.task_id == source_id]:
        one.task_id = target.id
        world.table(TimeEntry).put(one)
    target.time_spent = tracked.total(of_task(world, target.id))


def trackable(world: World, actor: User, task: Task | None) -> None:
    """Refuse time on a task where the ClickApp is off or a guest may not edit."""
    if task is None:
        return
    space = world.spaces[world.lists[task.list_id].space_id]
    if not space.features["time_tracking"]["enabled"]:
        raise Refusal("TIMEENTRY_072", "Time tracking is not enabled in this Space")
    if actor.role == access.GUEST and access.share(world, actor, task) not in ("edit", "create"):
        raise Refusal("ACCESS_083", "You may not track time on this task")


def _fresh(world: World, actor: User, made: TimeEntry, body: Json, task: Task | None) -> TimeEntry:
    trackable(world, actor, task)
    made.id, made.at = world.ids.history(), world.now_ms()
    made.task_id = task.id if task else None
    made.description = text(body, "description", "")
    made.billable = flag(body, "billable", False)
    made.labels = labels.know(world, actor, made.team_id, records(body, "tags"))
    return world.table(TimeEntry).put(made)


def _may_touch(actor: User, user_id: int) -> bool:
    return actor.id == user_id or actor.role <= access.ADMIN


def _is_at(world: World, one: TimeEntry, place: tuple[str, str] | None) -> bool:
    if place is None:
        return True
    task = world.tasks.get(one.task_id)
    return task is not None and getattr(world.place(task), place[0]) == place[1]


def _span(body: Json) -> tuple[int, int]:
    """Start and end: `end` or `stop`, else `duration` after the start."""
    start, length = moment(body, "start", None), moment(body, "duration", None)
    end = moment(body, "end", None) or moment(body, "stop", None)
    if start is not None and end is None and length is not None:
        end = start + length
    if start is None or end is None or end < start:
        raise bad_input("start, and end or duration, are required")
    return start, end


def _new_span(found: TimeEntry, body: Json) -> tuple[int, int | None]:
    if ("start" in body) != ("end" in body):
        raise bad_input("start and end must be given together")
    if "start" in body:
        return _span(body)
    length = moment(body, "duration", None)
    return found.start, found.end if length is None else _span({"start": found.start, **body})[1]


def _new_labels(world: World, actor: User, found: TimeEntry, body: Json) -> list[str]:
    if "tags" not in body:
        return found.labels
    action, asked = text(body, "tag_action", "replace"), records(body, "tags")
    if action not in ("replace", "add", "remove"):
        raise bad_input("tag_action must be replace, add or remove")
    if action == "remove":
        gone = {one.get("name") for one in asked}
        return [name for name in found.labels if name not in gone]
    names = labels.know(world, actor, found.team_id, asked)
    return names if action == "replace" else list(dict.fromkeys(found.labels + names))


def _values(found: TimeEntry) -> Json:
    keys = ("start", "end", "description", "billable", "labels", "task_id")
    return {key: getattr(found, key) for key in keys}


def _remember(world: World, actor: User, found: TimeEntry, before: Json) -> None:
    now = world.now_ms()
    found.history += [
        {
            "id": world.ids.history(),
            "field": "tags" if key == "labels" else key,
            "before": was,
            "after": value,
            "date": now,
            "user_id": actor.id,
        }
        for key, value in _values(found).items()
        if (was := before[key]) != value
    ]
    found.at = now
    world.table(TimeEntry).put(found)


def _leave(world: World, actor: User, found: TimeEntry) -> None:
    """Take the entry off the task that it was on."""
    was, old = tracked.interval(found), found.task_id
    found.task_id = None
    if (task := world.tasks.get(old)) and was:
        total = tracked.total(of_task(world, task.id))
        change = Tracked("Time Tracking Deleted", found.id, was, None, total)
        tracked.tell(world, actor, task, change)


def _tell(
    world: World, actor: User, found: TimeEntry, was: Json | None, what: str, *, gone: bool = False
) -> None:
    task = world.tasks.get(found.task_id)
    is_now = None if gone else tracked.interval(found)
    if task is not None and was != is_now:
        total = tracked.total(of_task(world, task.id))
        tracked.tell(world, actor, task, Tracked(what, found.id, was, is_now, total))
