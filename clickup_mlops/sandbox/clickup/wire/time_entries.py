"""Time entries on the wire. Times are strings where a list shows them, numbers around a timer."""

from typing import Any

from clickup_mlops.sandbox.clickup.state.model import Folder, Json, Space, Task, TaskList
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.time import labels, tracked
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.sandbox.clickup.state.time.labels import TimeLabel
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import known_person, person


def entry(world: World, found: TimeEntry, *, names: bool = False, tags: bool = False) -> Json:
    """An entry as reads show it; `names` of its location and `tags` of its task if asked for."""
    end = {} if found.end is None else {"end": str(found.end)}
    shown = {
        **_head(world, found),
        "start": str(found.start),
        **end,
        "duration": str(found.duration(world.now_ms())),
        "at": str(found.at),
    }
    task = world.tasks.get(found.task_id)
    return {**shown, **_of_task(world, task, names, tags)} if task else shown


def timer(world: World, found: TimeEntry, *, at: type = int) -> Json:
    """An entry as it is started, stopped, shown while running, or deleted."""
    end = {} if found.end is None else {"end": found.end}
    return {
        **_head(world, found),
        "start": str(found.start),
        **end,
        "duration": found.duration(world.now_ms()),
        "at": at(found.at),
    }


def created(world: World, found: TimeEntry) -> Json:
    """The answer to a new entry: the documented echo of the request has no id.

    Clients read the id from `data`, so that both are here.
    """
    echo: Json = {
        "description": found.description,
        "tags": _labels(world, found),
        "start": found.start,
        "billable": found.billable,
        "duration": found.duration(world.now_ms()),
        "assignee": found.user_id,
        "tid": found.task_id or "",
    }
    return {**echo, "data": timer(world, found)}


def label(found: TimeLabel) -> Json:
    """A label of the Workspace."""
    colors = {"tag_bg": found.tag_bg, "tag_fg": found.tag_fg}
    return {"name": found.name, "creator": found.creator_id, **colors}


def history(world: World, found: TimeEntry) -> list[Json]:
    """What was changed, oldest first."""
    return [
        {
            **{key: value for key, value in one.items() if key != "user_id"},
            "date": str(one["date"]),
            "user": known_person(world, one["user_id"]),
        }
        for one in found.history
    ]


def by_person(world: World, found: list[TimeEntry]) -> list[Json]:
    """The entries of a task as the older endpoint shows them: grouped by person."""
    users = dict.fromkeys(one.user_id for one in found)
    groups: list[tuple[int, list[TimeEntry]]] = [
        (user_id, [one for one in found if one.user_id == user_id]) for user_id in users
    ]
    return [
        {
            "user": person(world.users[user_id]),
            "time": tracked.total(theirs),
            "intervals": [tracked.interval(one) for one in theirs],
        }
        for user_id, theirs in groups
    ]


def _head(world: World, found: TimeEntry) -> Json:
    task = world.tasks.get(found.task_id)
    return {
        "id": found.id,
        "task": _task(world, task) if task else None,
        "wid": found.team_id,
        "user": person(world.users[found.user_id]),
        "billable": found.billable,
        "description": found.description,
        "tags": _labels(world, found),
        "source": "clickup",
    }


def _task(world: World, task: Task) -> Json:
    kind = str(task.custom_item_id) if task.custom_item_id else None
    return {
        "id": task.id,
        "custom_id": task.custom_id,
        "name": task.name,
        "status": tasks.status(world, task),
        "custom_type": kind,
    }


def _of_task(world: World, task: Task, names: bool, tags: bool) -> Json:
    there = world.lists[task.list_id]
    folder, space = world.folders[there.folder_id], world.spaces[there.space_id]
    places: dict[str, TaskList | Folder | Space] = {"list": there, "folder": folder, "space": space}
    location: dict[str, Any] = {f"{kind}_id": int(one.id) for kind, one in places.items()}
    if names:
        location |= {f"{kind}_name": one.name for kind, one in places.items()}
    shown: Json = {"task_location": location, "task_url": f"https://app.clickup.com/t/{task.id}"}
    if tags:
        shown["task_tags"] = [space.tags[one] for one in task.tags if one in space.tags]
    return shown


def _labels(world: World, found: TimeEntry) -> list[Json]:
    return [label(labels.get(world, found.team_id, name)) for name in found.labels]
