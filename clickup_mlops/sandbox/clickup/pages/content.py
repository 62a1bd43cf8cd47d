"""What the pages show, as plain values for the templates."""

from collections import Counter
from datetime import UTC, datetime
from itertools import islice

from clickup_mlops.sandbox.clickup.state.events import Write
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task, TaskList
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


def build_navigation(world: World) -> list[JsonTable]:
    """Spaces with their Lists and the number of open tasks in each."""
    entries = []
    for space in sorted(world.spaces, key=lambda space: space.id):
        lists = [
            task_list
            for task_list in world.lists
            if task_list.space_id == space.id and not task_list.archived
        ]
        nav_entries = [
            _build_nav_entry(world, task_list)
            for task_list in sorted(lists, key=lambda task_list: task_list.id)
        ]
        entries.append({"name": space.name, "lists": nav_entries})
    return entries


def _build_nav_entry(world: World, task_list: TaskList) -> JsonTable:
    folder = world.folders[task_list.folder_id]
    return {
        "id": task_list.id,
        "name": task_list.name,
        "folder": "" if folder.hidden else folder.name,
        "open": sum(task.date_closed is None for task in world.tasks_of(task_list.id)),
    }


def build_list(world: World, task_list: TaskList) -> JsonTable:
    """A List with its tasks, the most important first, and in columns by priority."""
    roots = [task for task in world.tasks_of(task_list.id) if task.parent is None]
    roots.sort(key=lambda task: (task.date_closed is not None, task.priority or 9, task.orderindex))
    talk = Counter(comment.on_id for comment in world.comments if comment.on == "task")
    below = Counter(task.parent for task in world.tasks_of(task_list.id))
    cards = [
        build_card(world, task) | {"comments": talk[task.id], "subtasks": below[task.id]}
        for task in roots[:MOST_CARDS]
    ]
    columns = [
        {"level": level, "name": name, "cards": [c for c in cards if c["level"] == level]}
        for level, name in LEVELS
    ]
    return {
        "id": task_list.id,
        "name": task_list.name,
        "content": task_list.content,
        "cards": cards,
        "columns": columns,
        "hidden": len(roots) - len(cards),
    }


def build_card(world: World, task: Task) -> JsonTable:
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
        "people": [world.users[user_id] for user_id in task.assignees],
        "due": _format_due(world, task),
        "late": bool(task.due_date and task.due_date < world.now_ms() and not task.date_closed),
        "waits": [
            dependency for dependency in task.dependencies if dependency["task_id"] == task.id
        ],
        "fields": _list_set_fields(world, task),
    }


def build_task(world: World, task: Task) -> JsonTable:
    """A task on its own page."""
    task_list = world.lists[task.list_id]
    return build_card(world, task) | {
        "text": task.text,
        "list": task_list,
        "creator": world.users[task.creator_id],
        "age": format_elapsed(world.now_ms() - task.date_created),
        "assignee_ids": task.assignees,
        "statuses": [status["status"] for status in world.statuses(task_list)],
        "inputs": [_build_input(field, task) for field in _list_editable_fields(world, task)],
        "talk": [
            {
                "by": world.users[c.user_id],
                "text": c.text,
                "age": format_elapsed(world.now_ms() - c.date),
            }
            for c in comments.get_page(world, "task", task.id)
        ],
        "before": _find_dependencies(world, task, "depends_on", "task_id"),
        "after": _find_dependencies(world, task, "task_id", "depends_on"),
        "children": [build_card(world, child) for child in relations.list_subtasks(world, task)],
    }


def build_activity(world: World, list_id: str = "") -> list[JsonTable]:
    """The last real changes, newest first; of one List, or of all."""
    entries = []
    for write in islice(reversed(world.writes), _LOOK_BACK):
        task = world.tasks.get(write.task_id)
        if task and list_id in ("", task.list_id) and write.before != write.after:
            entries.append(_build_activity_entry(world, write, task))
        if len(entries) == _ACTIVITY:
            break
    return entries


def format_elapsed(elapsed_ms: int) -> str:
    """A duration in its largest unit."""
    for size, unit in _UNITS:
        if elapsed_ms >= size:
            return f"{elapsed_ms // size} {unit}"
    return "now"


def format_value(value: object) -> str:
    """A written value in one or two words."""
    if isinstance(value, dict):
        keys = ("priority", "status", "name", "username")
        return next((str(value[key]) for key in keys if key in value), "…")
    if isinstance(value, list):
        return ", ".join(format_value(element) for element in value)
    return "none" if value is None else str(value)[:60]


def _build_activity_entry(world: World, write: Write, task: Task) -> JsonTable:
    return {
        "who": world.users[write.actor_id],
        "what": _NAMES.get(write.field, write.field.removeprefix("field:")),
        "before": "" if write.field in _WITHOUT_BEFORE else _format_written(write, write.before),
        "after": "" if write.field in _WITHOUT_AFTER else _format_written(write, write.after),
        "task": task,
        "age": format_elapsed(world.now_ms() - write.at_ms),
    }


def _format_written(write: Write, value: object) -> str:
    if write.field in _DATES and value is not None:
        return f"{datetime.fromtimestamp(int(str(value)) / 1000, UTC):%d %b %H:%M} UTC"
    return format_value(value)


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


def _format_due(world: World, task: Task) -> dict[str, str] | None:
    if task.due_date is None:
        return None
    wait_ms = task.due_date - world.now_ms()
    day = datetime.fromtimestamp(task.due_date / 1000, UTC)
    wait = f"in {format_elapsed(wait_ms)}" if wait_ms > 0 else f"{format_elapsed(-wait_ms)} late"
    return {"day": f"{day.day} {day:%b}", "wait": wait}


def _find_dependencies(world: World, task: Task, far: str, near: str) -> list[Task]:
    tasks = [
        world.tasks.get(dependency[far])
        for dependency in task.dependencies
        if dependency[near] == task.id
    ]
    return [task for task in tasks if task]


def _list_set_fields(world: World, task: Task) -> list[tuple[str, str]]:
    return [
        (field.name, _format_field_value(field, task.values[field.id]))
        for field in fields.get_task_fields(world, task)
        if field.id in task.values
    ]


def _format_field_value(field: Field, value: object) -> str:
    names = {
        option["id"]: str(option.get("name") or option.get("label"))
        for option in fields.get_options(field)
    }
    if isinstance(value, list):
        return ", ".join(names.get(option_id, str(option_id)) for option_id in value)
    return names.get(value, str(value)) if isinstance(value, str) else str(value)


def _list_editable_fields(world: World, task: Task) -> list[Field]:
    return [field for field in fields.get_task_fields(world, task) if field.type in EDITABLE]


def _build_input(field: Field, task: Task) -> JsonTable:
    value = task.values.get(field.id, "")
    return {
        "id": field.id,
        "name": field.name,
        "kind": "number" if field.type in ("number", "currency") else "text",
        "value": value,
        "options": [(option["id"], option["name"]) for option in fields.get_options(field)],
    }
