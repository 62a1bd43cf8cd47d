"""Tasks: finding, creating, changing, moving. Each change is logged and emitted."""

from typing import Any, TypeVar

from clickup_mlops.sandbox.clickup.state import access, changes
from clickup_mlops.sandbox.clickup.state.events import Change, format_user
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import tags
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.notifications import emit, emit_change, record_changes
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_task
from clickup_mlops.sandbox.clickup.state.tasks import relations
from clickup_mlops.sandbox.clickup.state.values import (
    filter_member_ids,
    is_number,
    read_flag,
    read_int,
    read_list,
    read_priority,
    read_records,
    read_text,
    read_time,
)
from clickup_mlops.sandbox.clickup.state.world import World

T = TypeVar("T")

_UNBORN = {"status": None, "color": "#000000", "type": "removed", "orderindex": -1}
"""The status that a new task had before, in the official payload sample."""


def get(world: World, task_id: str) -> Task:
    """A task by id."""
    task = world.tasks.get(task_id)
    if task is None:
        raise no_task()
    return task


def get_by_custom_id(world: World, team_id: str, custom_id: str) -> Task:
    """A task by its custom id within a Workspace."""
    task = find_by_custom_id(world, team_id, custom_id)
    if task is None:
        raise no_task()
    return task


def find_by_custom_id(world: World, team_id: str | None, custom_id: str) -> Task | None:
    """The task with this custom id in a Workspace, if there is one."""
    tasks = (task for task in world.tasks if task.custom_id == custom_id)
    return next((task for task in tasks if world.place(task).team_id == team_id), None)


def assign_custom_id(world: World, task: Task) -> None:
    """Give a task the next custom id of its Space, or none where the ClickApp is off."""
    space = world.spaces[world.lists[task.list_id].space_id]
    prefix = space.task_prefix
    task.custom_id = f"{prefix}-{world.ids.count(f'custom id {prefix}')}" if prefix else None


def find_top_parent(world: World, task: Task) -> str | None:
    """The topmost ancestor, or None for a task that is no subtask."""
    top = None
    while task.parent and (parent := world.tasks.get(task.parent)):
        top, task = parent.id, parent
    return top


def get_status(world: World, task: Task) -> JsonTable:
    """The status object of a task."""
    return _find_status(world, world.lists[task.list_id], task.status)


# Creating


def create(world: World, actor: User, task_list: TaskList, body: JsonTable) -> Task:
    """A new task; fires taskCreated and taskStatusUpdated."""
    task = _build_task(world, actor, task_list, body)
    _fill_task(world, task, body)
    _set_first_values(world, task, read_records(body, "custom_fields"))
    if (linked_id := body.get("links_to")) is not None:
        relations.link(world, actor, task, get(world, str(linked_id)))
    assign_custom_id(world, task)
    world.tasks.put(task)
    tags.ensure_tags(world, world.spaces[task_list.space_id], task.tags, actor)
    _emit_created(world, actor, task)
    return task


def _build_task(world: World, actor: User, task_list: TaskList, body: JsonTable) -> Task:
    name = read_text(body, "name", "")
    if not name.strip():
        raise bad_input("Task name invalid")
    status_name = read_text(body, "status", "") or world.statuses(task_list)[0]["status"]
    now = world.now_ms()
    state = _find_status(world, task_list, status_name)
    number = world.ids.count("orderindex")
    task = Task(world.ids.task(), task_list.id, name, actor.id, state["status"], number, now, now)
    task.parent = _read_parent(world, task_list, body.get("parent"))
    task.custom_item_id = read_int(body, "custom_item_id", 0) or 0
    task.watchers = [actor.id]
    task.status_log = [{**state, "since": now}]
    _close_or_open(task, state, now)
    return task


def _fill_task(world: World, task: Task, body: JsonTable) -> None:
    task.text = _read_description(body, "")
    members = filter_member_ids(world, body.get("assignees"))
    task.assignees = [user_id for user_id in members if access.can_see(world, user_id, task)]
    task.group_assignees = [str(group_id) for group_id in read_list(body, "group_assignees")]
    task.watchers = list(dict.fromkeys(task.watchers + task.assignees))
    task.tags = list(dict.fromkeys(str(tag).lower() for tag in read_list(body, "tags")))
    task.priority = read_priority(body, None)
    for key in ("due_date", "start_date"):
        setattr(task, key, read_time(body, key, None))
        setattr(task, f"{key}_time", read_flag(body, f"{key}_time", False))
    task.time_estimate = read_int(body, "time_estimate", None)
    task.points = _read_points(body, None)
    task.archived = read_flag(body, "archived", False)


def _set_first_values(world: World, task: Task, entries: list[JsonTable]) -> None:
    by_id = {field.id: field for field in fields.get_task_fields(world, task)}
    # Fields that do not apply to the task's type are left out silently.
    chosen = [entry for entry in entries if str(entry.get("id")) in by_id]
    values = {
        entry["id"]: fields.parse_value(world, by_id[entry["id"]], task, entry) for entry in chosen
    }
    if values:
        fields.count_use(world, world.place(task).team_id, len(values))
    task.values = {key: value for key, value in values.items() if value is not fields.UNSET}


def _emit_created(world: World, actor: User, task: Task) -> None:
    state = get_status(world, task)
    change = Change("status", _UNBORN, state, {"status_type": state["type"]})
    first = world.item(change, task.list_id, actor)
    second = world.item(Change("task_creation"), task.list_id, actor)
    world.log_write(task.id, "task_creation", None, task.name, actor)
    emit(world, "taskCreated", task, (first, second))
    emit(world, "taskStatusUpdated", task, (first,))


# Changing


def update(world: World, actor: User, task: Task, body: JsonTable) -> Task:
    """A partial change. `custom_fields` and `tags` are ignored silently, as in ClickUp."""
    # Everything is read before anything is changed: a bad value leaves the task as it was.
    plain, after = _read_plain_values(task, body), _read_new_status(world, task, body)
    deltas = _read_deltas(world, body)
    parent = _read_new_parent(world, task, body)
    task_changes = [_set(task, key, value, body) for key, value in plain.items()]
    task_changes += _change_status(world, task, after)
    task_changes += _change_people(world, task, body, deltas)
    task.parent = parent
    task.archived = read_flag(body, "archived", task.archived)
    task.custom_item_id = read_int(body, "custom_item_id", task.custom_item_id) or 0
    record_changes(world, actor, task, *task_changes)
    return task


def _read_plain_values(task: Task, body: JsonTable) -> JsonTable:
    values = {
        "name": read_text(body, "name", task.name),
        "text": _read_description(body, task.text),
        "priority": read_priority(body, task.priority),
        "due_date": read_time(body, "due_date", task.due_date),
        "start_date": read_time(body, "start_date", task.start_date),
        "time_estimate": read_int(body, "time_estimate", task.time_estimate),
        "points": _read_points(body, task.points),
    }
    return {key: value for key, value in values.items() if _is_named(body, key)}


def _read_deltas(world: World, body: JsonTable) -> dict[str, tuple[list[int], list[int]]]:
    """Who is added to and removed from assignees and watchers, in the delta form."""
    return {
        key: (
            filter_member_ids(world, body[key].get("add")),
            filter_member_ids(world, body[key].get("rem")),
        )
        for key in ("assignees", "watchers")
        if isinstance(body.get(key), dict)
    }


def _read_new_parent(world: World, task: Task, body: JsonTable) -> str | None:
    # `parent: null` does not un-nest.
    if not isinstance(parent_id := body.get("parent"), str):
        return task.parent
    parent = _read_parent(world, world.lists[task.list_id], parent_id)
    above: Task | None = get(world, parent_id)
    while above is not None:
        if above.id == task.id:
            raise bad_input("A task cannot be its own subtask")
        above = world.tasks.get(above.parent)
    return parent


def _is_named(body: JsonTable, key: str) -> bool:
    names = _DESCRIPTIONS if key == "text" else (key,)
    return any(name in body for name in names)


def _set(task: Task, key: str, value: Any, body: JsonTable) -> Change:
    timed = f"{key}_time"
    has_time = read_flag(body, timed, False) if body.get(timed) is not None else None
    return changes.set_value(task, key, value, timed=has_time)


def _change_status(world: World, task: Task, after: JsonTable | None) -> list[Change]:
    if after is None:
        return []
    before = get_status(world, task)
    if before["status"] != after["status"]:
        now = world.now_ms()
        task.status_log[-1]["until"] = now
        task.status_log.append({**after, "since": now})
        task.status = after["status"]
        _close_or_open(task, after, now)
    return [Change("status", before, after, {"status_type": after["type"]})]


def _read_new_status(world: World, task: Task, body: JsonTable) -> JsonTable | None:
    name = read_text(body, "status", "")
    return _find_status(world, world.lists[task.list_id], name) if name else None


def _change_people(
    world: World, task: Task, body: JsonTable, deltas: dict[str, tuple[list[int], list[int]]]
) -> list[Change]:
    if isinstance(body.get("assignees"), list):
        # Measured live: a flat array answers 200 and the people become watchers.
        task.watchers = _apply_delta(task.watchers, filter_member_ids(world, body["assignees"]), [])
    if isinstance(groups := body.get("group_assignees"), dict):
        added, removed = read_list(groups, "add"), read_list(groups, "rem")
        task.group_assignees = _apply_delta(task.group_assignees, added, removed)
    if "watchers" in deltas:
        task.watchers = _apply_delta(task.watchers, *deltas["watchers"])
    return _assign(world, task, *deltas.get("assignees", ([], [])))


def _assign(world: World, task: Task, added: list[int], removed: list[int]) -> list[Change]:
    # Measured live: a guest who cannot see the task is left out, and the answer is a 200.
    new = [
        user_id
        for user_id in dict.fromkeys(added)
        if user_id not in task.assignees and access.can_see(world, user_id, task)
    ]
    unassigned = [user_id for user_id in dict.fromkeys(removed) if user_id in task.assignees]
    task.assignees = _apply_delta(task.assignees, new, unassigned)
    task.watchers = _apply_delta(task.watchers, task.assignees, [])
    return [
        *(Change("assignee_add", None, format_user(world.users[user_id])) for user_id in new),
        *(
            Change("assignee_rem", format_user(world.users[user_id]), None)
            for user_id in unassigned
        ),
    ]


def _apply_delta(before: list[T], added: list[T], removed: list[T]) -> list[T]:
    return list(dict.fromkeys([element for element in before if element not in removed] + added))


# Moving


def move(world: World, actor: User, task: Task, task_list: TaskList, body: JsonTable) -> None:
    """Give a task another home List; its status must exist there or be mapped.

    Values of fields that the new List lacks are lost, unless the fields come along.
    """
    old_place, before = world.place(task), _format_section(world, world.lists[task.list_id])
    after_status = _find_status_after_move(
        world, task, task_list, read_records(body, "status_mappings")
    )
    # Which fields come along is decided by the old List, so this comes before the move.
    fields.add_to_list(world, _select_moved_fields(world, task, body), task_list)
    tags.ensure_tags(world, world.spaces[task_list.space_id], task.tags, actor)
    old_list, task.list_id = task.list_id, task_list.id
    # Custom ids are counted within a Space.
    if world.place(task).space_id != old_place.space_id:
        assign_custom_id(world, task)
    task.other_lists = [list_id for list_id in task.other_lists if list_id != task_list.id]
    if after_status["status"] != task.status:
        task.status = after_status["status"]
        task.status_log.append({**after_status, "since": world.now_ms()})
    applies = {field.id for field in fields.get_task_fields(world, task)}
    task.values = {key: value for key, value in task.values.items() if key in applies}
    for child in relations.list_subtasks(world, task):
        child.list_id = task_list.id
        world.tasks.put(child)
    change = Change(
        "section_moved", before, _format_section(world, task_list), {"mute_notifications": True}
    )
    world.log_write(task.id, "list", old_list, task_list.id, actor)
    # Webhooks at the old place are told, too.
    emit_change(world, actor, task, change, (old_place, world.place(task)))


def _select_moved_fields(world: World, task: Task, body: JsonTable) -> list[Field]:
    """The fields that the request adds to the new List: those named, or all of them."""
    named = read_list(body, "custom_fields_to_move")
    if not named and not read_flag(body, "move_custom_fields", False):
        return []
    return [
        field for field in fields.get_task_fields(world, task) if not named or field.id in named
    ]


def _find_status_after_move(
    world: World, task: Task, task_list: TaskList, mappings: list[JsonTable]
) -> JsonTable:
    now = get_status(world, task)
    available = world.statuses(task_list)
    chosen = {
        str(mapping.get("source_status_id")): str(mapping.get("destination_status_id"))
        for mapping in mappings
    }
    for candidate in available:
        if candidate["id"] == chosen.get(now["id"]):
            return candidate
    for candidate in available:
        if candidate["status"] == now["status"]:
            return candidate
    raise bad_input(f"Status {now['status']} does not exist in the destination: map it")


def _format_section(world: World, task_list: TaskList) -> JsonTable:
    folder, space = world.folders[task_list.folder_id], world.spaces[task_list.space_id]
    return {
        "id": task_list.id,
        "name": task_list.name,
        "category": {"id": folder.id, "name": folder.name, "hidden": folder.hidden},
        "project": {"id": space.id, "name": space.name},
    }


# Single values


_DESCRIPTIONS = ("markdown_description", "markdown_content", "description")


def _read_points(body: JsonTable, otherwise: float | None) -> float | None:
    value = body.get("points", otherwise)
    if value is not None and (not is_number(value)):
        raise bad_input("points invalid")
    return value


def _read_description(body: JsonTable, otherwise: str) -> str:
    for key in _DESCRIPTIONS:
        if isinstance(body.get(key), str):
            # A single blank is how a description is cleared.
            return "" if body[key] == " " else str(body[key])
    return otherwise


def _find_status(world: World, task_list: TaskList, name: str) -> JsonTable:
    for candidate in world.statuses(task_list):
        if candidate["status"] == name.lower():
            return candidate
    raise Refusal("ITEM_114", "Status does not exist")


def _read_parent(world: World, task_list: TaskList, parent: object) -> str | None:
    if parent is None:
        return None
    if get(world, str(parent)).list_id != task_list.id:
        raise bad_input("Parent not in the same List")
    return str(parent)


def _close_or_open(task: Task, state: JsonTable, now_ms: int) -> None:
    task.date_closed = now_ms if state["type"] == "closed" else None
    task.date_done = now_ms if state["type"] in ("done", "closed") else None
