"""What the pages show, as plain values for the templates."""

from collections import Counter
from datetime import UTC, datetime
from itertools import islice

from clickup_mlops.sandbox.clickup.state.events import Write
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, Json, Task, TaskList
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.state.tasks import relations
from clickup_mlops.sandbox.clickup.state.world import World

LEVELS = ((1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low"), (None, "None"))
"""The priority flags, most important first."""

EDITABLE = ("short_text", "text", "url", "email", "phone", "number", "currency", "drop_down")
"""Field types that the task page can change."""

MOST_CARDS = 200
"""Tasks of a List that the page shows; the most important ones."""

_ACTIVITY, _LOOK_BACK = 14, 2_000
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def navigation(world: World) -> list[Json]:
    """Spaces with their Lists and the number of open tasks in each."""
    found = []
    for space in sorted(world.spaces, key=lambda one: one.id):
        lists = [one for one in world.lists if one.space_id == space.id and not one.archived]
        shown = [_nav_entry(world, one) for one in sorted(lists, key=lambda one: one.id)]
        found.append({"name": space.name, "lists": shown})
    return found


def _nav_entry(world: World, there: TaskList) -> Json:
    folder = world.folders[there.folder_id]
    return {
        "id": there.id,
        "name": there.name,
        "folder": "" if folder.hidden else folder.name,
        "open": sum(task.date_closed is None for task in world.tasks_of(there.id)),
    }


def task_list(world: World, there: TaskList) -> Json:
    """A List with its tasks, the most important first, and in columns by priority."""
    roots = [task for task in world.tasks_of(there.id) if task.parent is None]
    roots.sort(key=lambda task: (task.date_closed is not None, task.priority or 9, task.orderindex))
    talk = Counter(one.on_id for one in world.comments if one.on == "task")
    below = Counter(task.parent for task in world.tasks_of(there.id))
    cards = [
        card(world, task) | {"comments": talk[task.id], "subtasks": below[task.id]}
        for task in roots[:MOST_CARDS]
    ]
    columns = [
        {"level": level, "name": name, "cards": [c for c in cards if c["level"] == level]}
        for level, name in LEVELS
    ]
    return {
        "id": there.id,
        "name": there.name,
        "content": there.content,
        "cards": cards,
        "columns": columns,
        "hidden": len(roots) - len(cards),
    }


def card(world: World, task: Task) -> Json:
    """A task in a row or on a board."""
    level = next(name for value, name in LEVELS if value == task.priority)
    return {
        "id": task.id,
        "name": task.name,
        "level": task.priority,
        "priority": level,
        "status": task.status,
        "closed": task.date_closed is not None,
        "tags": task.tags,
        "people": [world.users[one] for one in task.assignees],
        "due": _due(world, task),
        "late": bool(task.due_date and task.due_date < world.now_ms() and not task.date_closed),
        "waits": [one for one in task.dependencies if one["task_id"] == task.id],
        "fields": _set_fields(world, task),
    }


def full(world: World, task: Task) -> Json:
    """A task on its own page."""
    there = world.lists[task.list_id]
    return card(world, task) | {
        "text": task.text,
        "list": there,
        "creator": world.users[task.creator_id],
        "age": ago(world.now_ms() - task.date_created),
        "assignee_ids": task.assignees,
        "statuses": [one["status"] for one in world.statuses(there)],
        "inputs": [_input(one, task) for one in _editable(world, task)],
        "talk": [
            {"by": world.users[c.user_id], "text": c.text, "age": ago(world.now_ms() - c.date)}
            for c in comments.page(world, "task", task.id)
        ],
        "before": _others(world, task, "depends_on", "task_id"),
        "after": _others(world, task, "task_id", "depends_on"),
        "children": [card(world, one) for one in relations.subtasks(world, task)],
    }


def activity(world: World, list_id: str = "") -> list[Json]:
    """The last real changes, newest first; of one List, or of all."""
    found = []
    for write in islice(reversed(world.writes), _LOOK_BACK):
        task = world.tasks.get(write.task_id)
        if task and list_id in ("", task.list_id) and write.before != write.after:
            found.append(_entry(world, write, task))
        if len(found) == _ACTIVITY:
            break
    return found


def ago(elapsed_ms: int) -> str:
    """A duration in its largest unit."""
    for size, unit in _UNITS:
        if elapsed_ms >= size:
            return f"{elapsed_ms // size} {unit}"
    return "now"


def plain(value: object) -> str:
    """A written value in one or two words."""
    if isinstance(value, dict):
        keys = ("priority", "status", "name", "username")
        return next((str(value[key]) for key in keys if key in value), "…")
    if isinstance(value, list):
        return ", ".join(plain(one) for one in value)
    return "none" if value is None else str(value)[:60]


def _entry(world: World, write: Write, task: Task) -> Json:
    return {
        "who": world.users[write.actor_id],
        "what": _NAMES.get(write.field, write.field.removeprefix("field:")),
        "before": "" if write.field in _WITHOUT_BEFORE else _shown(write, write.before),
        "after": "" if write.field in _WITHOUT_AFTER else _shown(write, write.after),
        "task": task,
        "age": ago(world.now_ms() - write.at_ms),
    }


def _shown(write: Write, value: object) -> str:
    if write.field in _DATES and value is not None:
        return f"{datetime.fromtimestamp(int(str(value)) / 1000, UTC):%d %b %H:%M} UTC"
    return plain(value)


_DATES = ("due_date", "start_date")
_NAMES = {
    "due_date": "due",
    "start_date": "start",
    "task_creation": "created",
    "content": "description",
    "assignee_add": "assigned",
    "assignee_rem": "unassigned",
    "tag_removed": "tag removed",
    "section_moved": "moved",
    "comment": "commented",
}
_WITHOUT_BEFORE = ("task_creation", "content", "comment", "assignee_add", "tag", "name")
_WITHOUT_AFTER = ("task_creation", "content", "comment", "assignee_rem", "tag_removed")


def _due(world: World, task: Task) -> dict[str, str] | None:
    if task.due_date is None:
        return None
    wait_ms = task.due_date - world.now_ms()
    day = datetime.fromtimestamp(task.due_date / 1000, UTC)
    wait = f"in {ago(wait_ms)}" if wait_ms > 0 else f"{ago(-wait_ms)} late"
    return {"day": f"{day.day} {day:%b}", "wait": wait}


def _others(world: World, task: Task, far: str, near: str) -> list[Task]:
    found = [world.tasks.get(one[far]) for one in task.dependencies if one[near] == task.id]
    return [one for one in found if one]


def _set_fields(world: World, task: Task) -> list[tuple[str, str]]:
    return [
        (one.name, _label(one, task.values[one.id]))
        for one in fields.of_task(world, task)
        if one.id in task.values
    ]


def _label(field: Field, value: object) -> str:
    names = {one["id"]: str(one.get("name") or one.get("label")) for one in fields.options(field)}
    if isinstance(value, list):
        return ", ".join(names.get(one, str(one)) for one in value)
    return names.get(value, str(value)) if isinstance(value, str) else str(value)


def _editable(world: World, task: Task) -> list[Field]:
    return [one for one in fields.of_task(world, task) if one.type in EDITABLE]


def _input(field: Field, task: Task) -> Json:
    value = task.values.get(field.id, "")
    return {
        "id": field.id,
        "name": field.name,
        "kind": "number" if field.type in ("number", "currency") else "text",
        "value": value,
        "options": [(one["id"], one["name"]) for one in fields.options(field)],
    }
