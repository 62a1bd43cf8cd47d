"""Time entries on the wire. Times are strings where a list shows them, numbers around a timer."""

from typing import Any

from clickup_mlops.sandbox.clickup.state.model import Folder, JsonTable, Space, Task, TaskList
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.time import labels, tracked
from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from clickup_mlops.sandbox.clickup.state.time.labels import TimeLabel
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import format_user, format_user_or_null


def format_entry(
    world: World, entry: TimeEntry, *, names: bool = False, tags: bool = False
) -> JsonTable:
    """An entry as reads show it; `names` of its location and `tags` of its task if asked for."""
    end = {} if entry.end is None else {"end": str(entry.end)}
    body = {
        **_format_head(world, entry),
        "start": str(entry.start),
        **end,
        "duration": str(entry.duration(world.now_ms())),
        "at": str(entry.at),
    }
    task = world.tasks.get(entry.task_id)
    return {**body, **_format_task_details(world, task, names, tags)} if task else body


def format_timer(world: World, entry: TimeEntry, *, at: type = int) -> JsonTable:
    """An entry as it is started, stopped, shown while running, or deleted."""
    end = {} if entry.end is None else {"end": entry.end}
    return {
        **_format_head(world, entry),
        "start": str(entry.start),
        **end,
        "duration": entry.duration(world.now_ms()),
        "at": at(entry.at),
    }


def format_created_entry(world: World, entry: TimeEntry) -> JsonTable:
    """The answer to a new entry: the documented echo of the request has no id.

    Clients read the id from `data`, so that both are here.
    """
    echo: JsonTable = {
        "description": entry.description,
        "tags": _format_labels(world, entry),
        "start": entry.start,
        "billable": entry.billable,
        "duration": entry.duration(world.now_ms()),
        "assignee": entry.user_id,
        "tid": entry.task_id or "",
    }
    return {**echo, "data": format_timer(world, entry)}


def format_label(label: TimeLabel) -> JsonTable:
    """A label of the Workspace."""
    colors = {"tag_bg": label.tag_bg, "tag_fg": label.tag_fg}
    return {"name": label.name, "creator": label.creator_id, **colors}


def format_history(world: World, entry: TimeEntry) -> list[JsonTable]:
    """What was changed, oldest first."""
    return [
        {
            **{key: value for key, value in change.items() if key != "user_id"},
            "date": str(change["date"]),
            "user": format_user_or_null(world, change["user_id"]),
        }
        for change in entry.history
    ]


def format_entries_by_person(world: World, entries: list[TimeEntry]) -> list[JsonTable]:
    """The entries of a task as the older endpoint shows them: grouped by person."""
    users = dict.fromkeys(entry.user_id for entry in entries)
    groups: list[tuple[int, list[TimeEntry]]] = [
        (user_id, [entry for entry in entries if entry.user_id == user_id]) for user_id in users
    ]
    return [
        {
            "user": format_user(world.users[user_id]),
            "time": tracked.compute_total(theirs),
            "intervals": [tracked.format_interval(entry) for entry in theirs],
        }
        for user_id, theirs in groups
    ]


def _format_head(world: World, entry: TimeEntry) -> JsonTable:
    task = world.tasks.get(entry.task_id)
    return {
        "id": entry.id,
        "task": _format_task(world, task) if task else None,
        "wid": entry.team_id,
        "user": format_user(world.users[entry.user_id]),
        "billable": entry.billable,
        "description": entry.description,
        "tags": _format_labels(world, entry),
        "source": "clickup",
    }


def _format_task(world: World, task: Task) -> JsonTable:
    kind = str(task.custom_item_id) if task.custom_item_id else None
    return {
        "id": task.id,
        "custom_id": task.custom_id,
        "name": task.name,
        "status": tasks.get_status(world, task),
        "custom_type": kind,
    }


def _format_task_details(world: World, task: Task, names: bool, tags: bool) -> JsonTable:
    task_list = world.lists[task.list_id]
    folder, space = world.folders[task_list.folder_id], world.spaces[task_list.space_id]
    places: dict[str, TaskList | Folder | Space] = {
        "list": task_list,
        "folder": folder,
        "space": space,
    }
    location: dict[str, Any] = {f"{kind}_id": int(place.id) for kind, place in places.items()}
    if names:
        location |= {f"{kind}_name": place.name for kind, place in places.items()}
    details: JsonTable = {
        "task_location": location,
        "task_url": f"https://app.clickup.com/t/{task.id}",
    }
    if tags:
        details["task_tags"] = [space.tags[tag] for tag in task.tags if tag in space.tags]
    return details


def _format_labels(world: World, entry: TimeEntry) -> list[JsonTable]:
    return [format_label(labels.get(world, entry.team_id, name)) for name in entry.labels]
