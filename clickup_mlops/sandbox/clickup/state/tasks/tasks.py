"""Tasks: finding, creating, changing, moving. Each change is logged and emitted."""

from typing import Any, TypeVar

from clickup_mlops.sandbox.clickup.state import changes
from clickup_mlops.sandbox.clickup.state.events import Change, user_stub
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import tags
from clickup_mlops.sandbox.clickup.state.model import Field, Json, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.notifications import emit, emit_change, record_changes
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_task
from clickup_mlops.sandbox.clickup.state.tasks import relations
from clickup_mlops.sandbox.clickup.state.values import (
    flag,
    is_number,
    level,
    listed,
    moment,
    people,
    records,
    text,
    whole,
)
from clickup_mlops.sandbox.clickup.state.world import World

T = TypeVar("T")

_UNBORN = {"status": None, "color": "#000000", "type": "removed", "orderindex": -1}
"""The status that a new task had before, in the official payload sample."""


def get(world: World, task_id: str) -> Task:
    """A task by id."""
    found = world.tasks.get(task_id)
    if found is None:
        raise no_task()
    return found


def by_custom_id(world: World, team_id: str, custom_id: str) -> Task:
    """A task by its custom id within a Workspace."""
    found = with_custom_id(world, team_id, custom_id)
    if found is None:
        raise no_task()
    return found


def with_custom_id(world: World, team_id: str | None, custom_id: str) -> Task | None:
    """The task with this custom id in a Workspace, if there is one."""
    found = (task for task in world.tasks if task.custom_id == custom_id)
    return next((task for task in found if world.place(task).team_id == team_id), None)


def number(world: World, task: Task) -> None:
    """Give a task the next custom id of its Space, or none where the ClickApp is off."""
    space = world.spaces[world.lists[task.list_id].space_id]
    prefix = space.task_prefix
    task.custom_id = f"{prefix}-{world.ids.count(f'custom id {prefix}')}" if prefix else None


def top_parent(world: World, task: Task) -> str | None:
    """The topmost ancestor, or None for a task that is no subtask."""
    top = None
    while task.parent and (parent := world.tasks.get(task.parent)):
        top, task = parent.id, parent
    return top


def status(world: World, task: Task) -> Json:
    """The status object of a task."""
    return _status(world, world.lists[task.list_id], task.status)


# Creating


def create(world: World, actor: User, there: TaskList, body: Json) -> Task:
    """A new task; fires taskCreated and taskStatusUpdated."""
    made = _fresh(world, actor, there, body)
    _fill(world, made, body)
    _set_first_values(world, made, records(body, "custom_fields"))
    if (other := body.get("links_to")) is not None:
        relations.link(world, actor, made, get(world, str(other)))
    number(world, made)
    world.tasks.put(made)
    tags.know(world, world.spaces[there.space_id], made.tags, actor)
    _tell_created(world, actor, made)
    return made


def _fresh(world: World, actor: User, there: TaskList, body: Json) -> Task:
    name = text(body, "name", "")
    if not name.strip():
        raise bad_input("Task name invalid")
    wanted = text(body, "status", "") or world.statuses(there)[0]["status"]
    now = world.now_ms()
    state = _status(world, there, wanted)
    number = world.ids.count("orderindex")
    made = Task(world.ids.task(), there.id, name, actor.id, state["status"], number, now, now)
    made.parent = _parent(world, there, body.get("parent"))
    made.custom_item_id = whole(body, "custom_item_id", 0) or 0
    made.watchers = [actor.id]
    made.status_log = [{**state, "since": now}]
    _close_or_open(made, state, now)
    return made


def _fill(world: World, made: Task, body: Json) -> None:
    made.text = _description(body, "")
    made.assignees = people(world, body.get("assignees"))
    made.group_assignees = [str(one) for one in listed(body, "group_assignees")]
    made.watchers = list(dict.fromkeys(made.watchers + made.assignees))
    made.tags = list(dict.fromkeys(str(tag).lower() for tag in listed(body, "tags")))
    made.priority = level(body, None)
    for key in ("due_date", "start_date"):
        setattr(made, key, moment(body, key, None))
        setattr(made, f"{key}_time", flag(body, f"{key}_time", False))
    made.time_estimate = whole(body, "time_estimate", None)
    made.points = _points(body, None)
    made.archived = flag(body, "archived", False)


def _set_first_values(world: World, made: Task, wanted: list[Json]) -> None:
    known = {one.id: one for one in fields.of_task(world, made)}
    # Fields that do not apply to the task's type are left out silently.
    chosen = [one for one in wanted if str(one.get("id")) in known]
    values = {one["id"]: fields.taken(world, known[one["id"]], made, one) for one in chosen}
    if values:
        fields.use(world, world.place(made).team_id, len(values))
    made.values = {key: value for key, value in values.items() if value is not fields.UNSET}


def _tell_created(world: World, actor: User, made: Task) -> None:
    state = status(world, made)
    change = Change("status", _UNBORN, state, {"status_type": state["type"]})
    first = world.item(change, made.list_id, actor)
    second = world.item(Change("task_creation"), made.list_id, actor)
    world.wrote(made.id, "task_creation", None, made.name, actor)
    emit(world, "taskCreated", made, (first, second))
    emit(world, "taskStatusUpdated", made, (first,))


# Changing


def update(world: World, actor: User, task: Task, body: Json) -> Task:
    """A partial change. `custom_fields` and `tags` are ignored silently, as in ClickUp."""
    # Everything is read before anything is changed: a bad value leaves the task as it was.
    plain, after = _plain_values(task, body), _wanted_status(world, task, body)
    deltas = _deltas(world, body)
    parent = _new_parent(world, task, body)
    made = [_set(task, key, value, body) for key, value in plain.items()]
    made += _status_changes(world, task, after)
    made += _people_changes(world, task, body, deltas)
    task.parent = parent
    task.archived = flag(body, "archived", task.archived)
    task.custom_item_id = whole(body, "custom_item_id", task.custom_item_id) or 0
    record_changes(world, actor, task, *made)
    return task


def _plain_values(task: Task, body: Json) -> Json:
    wanted = {
        "name": text(body, "name", task.name),
        "text": _description(body, task.text),
        "priority": level(body, task.priority),
        "due_date": moment(body, "due_date", task.due_date),
        "start_date": moment(body, "start_date", task.start_date),
        "time_estimate": whole(body, "time_estimate", task.time_estimate),
        "points": _points(body, task.points),
    }
    return {key: value for key, value in wanted.items() if _named(body, key)}


def _deltas(world: World, body: Json) -> dict[str, tuple[list[int], list[int]]]:
    """Who is added to and removed from assignees and watchers, in the delta form."""
    return {
        key: (people(world, body[key].get("add")), people(world, body[key].get("rem")))
        for key in ("assignees", "watchers")
        if isinstance(body.get(key), dict)
    }


def _new_parent(world: World, task: Task, body: Json) -> str | None:
    # `parent: null` does not un-nest.
    if not isinstance(wanted := body.get("parent"), str):
        return task.parent
    parent = _parent(world, world.lists[task.list_id], wanted)
    above: Task | None = get(world, wanted)
    while above is not None:
        if above.id == task.id:
            raise bad_input("A task cannot be its own subtask")
        above = world.tasks.get(above.parent)
    return parent


def _named(body: Json, key: str) -> bool:
    names = _DESCRIPTIONS if key == "text" else (key,)
    return any(name in body for name in names)


def _set(task: Task, key: str, value: Any, body: Json) -> Change:
    timed = f"{key}_time"
    said = flag(body, timed, False) if body.get(timed) is not None else None
    return changes.set_value(task, key, value, timed=said)


def _status_changes(world: World, task: Task, after: Json | None) -> list[Change]:
    if after is None:
        return []
    before = status(world, task)
    if before["status"] != after["status"]:
        now = world.now_ms()
        task.status_log[-1]["until"] = now
        task.status_log.append({**after, "since": now})
        task.status = after["status"]
        _close_or_open(task, after, now)
    return [Change("status", before, after, {"status_type": after["type"]})]


def _wanted_status(world: World, task: Task, body: Json) -> Json | None:
    wanted = text(body, "status", "")
    return _status(world, world.lists[task.list_id], wanted) if wanted else None


def _people_changes(
    world: World, task: Task, body: Json, deltas: dict[str, tuple[list[int], list[int]]]
) -> list[Change]:
    if isinstance(body.get("assignees"), list):
        # Measured live: a flat array answers 200 and the people become watchers.
        task.watchers = _joined(task.watchers, people(world, body["assignees"]), [])
    if isinstance(groups := body.get("group_assignees"), dict):
        added, removed = listed(groups, "add"), listed(groups, "rem")
        task.group_assignees = _joined(task.group_assignees, added, removed)
    if "watchers" in deltas:
        task.watchers = _joined(task.watchers, *deltas["watchers"])
    return _assign(world, task, *deltas.get("assignees", ([], [])))


def _assign(world: World, task: Task, added: list[int], removed: list[int]) -> list[Change]:
    new = [one for one in dict.fromkeys(added) if one not in task.assignees]
    gone = [one for one in dict.fromkeys(removed) if one in task.assignees]
    task.assignees = _joined(task.assignees, new, gone)
    task.watchers = _joined(task.watchers, task.assignees, [])
    return [
        *(Change("assignee_add", None, user_stub(world.users[one])) for one in new),
        *(Change("assignee_rem", user_stub(world.users[one]), None) for one in gone),
    ]


def _joined(before: list[T], added: list[T], removed: list[T]) -> list[T]:
    return list(dict.fromkeys([one for one in before if one not in removed] + added))


# Moving


def move(world: World, actor: User, task: Task, there: TaskList, body: Json) -> None:
    """Give a task another home List; its status must exist there or be mapped.

    Values of fields that the new List lacks are lost, unless the fields come along.
    """
    old_place, before = world.place(task), _section(world, world.lists[task.list_id])
    after_status = _status_after_move(world, task, there, records(body, "status_mappings"))
    fields.bring(world, _coming_along(world, task, body), there)
    tags.know(world, world.spaces[there.space_id], task.tags, actor)
    old_list, task.list_id = task.list_id, there.id
    if world.place(task).space_id != old_place.space_id:
        number(world, task)
    task.other_lists = [one for one in task.other_lists if one != there.id]
    if after_status["status"] != task.status:
        task.status = after_status["status"]
        task.status_log.append({**after_status, "since": world.now_ms()})
    applies = {one.id for one in fields.of_task(world, task)}
    task.values = {key: value for key, value in task.values.items() if key in applies}
    for child in relations.subtasks(world, task):
        child.list_id = there.id
        world.tasks.put(child)
    change = Change("section_moved", before, _section(world, there), {"mute_notifications": True})
    world.wrote(task.id, "list", old_list, there.id, actor)
    emit_change(world, actor, task, change, (old_place, world.place(task)))


def _coming_along(world: World, task: Task, body: Json) -> list[Field]:
    """The fields that the request adds to the new List: those named, or all of them."""
    named = listed(body, "custom_fields_to_move")
    if not named and not flag(body, "move_custom_fields", False):
        return []
    return [one for one in fields.of_task(world, task) if not named or one.id in named]


def _status_after_move(world: World, task: Task, there: TaskList, mappings: list[Json]) -> Json:
    now = status(world, task)
    available = world.statuses(there)
    chosen = {
        str(one.get("source_status_id")): str(one.get("destination_status_id")) for one in mappings
    }
    for one in available:
        if one["id"] == chosen.get(now["id"]):
            return one
    for one in available:
        if one["status"] == now["status"]:
            return one
    raise bad_input(f"Status {now['status']} does not exist in the destination: map it")


def _section(world: World, there: TaskList) -> Json:
    folder, space = world.folders[there.folder_id], world.spaces[there.space_id]
    return {
        "id": there.id,
        "name": there.name,
        "category": {"id": folder.id, "name": folder.name, "hidden": folder.hidden},
        "project": {"id": space.id, "name": space.name},
    }


# Single values


_DESCRIPTIONS = ("markdown_description", "markdown_content", "description")


def _points(body: Json, otherwise: float | None) -> float | None:
    value = body.get("points", otherwise)
    if value is not None and (not is_number(value)):
        raise bad_input("points invalid")
    return value


def _description(body: Json, otherwise: str) -> str:
    for key in _DESCRIPTIONS:
        if isinstance(body.get(key), str):
            # A single blank is how a description is cleared.
            return "" if body[key] == " " else str(body[key])
    return otherwise


def _status(world: World, there: TaskList, name: str) -> Json:
    for one in world.statuses(there):
        if one["status"] == name.lower():
            return one
    raise Refusal("ITEM_114", "Status does not exist")


def _parent(world: World, there: TaskList, parent: object) -> str | None:
    if parent is None:
        return None
    if get(world, str(parent)).list_id != there.id:
        raise bad_input("Parent not in the same List")
    return str(parent)


def _close_or_open(task: Task, state: Json, now_ms: int) -> None:
    task.date_closed = now_ms if state["type"] == "closed" else None
    task.date_done = now_ms if state["type"] in ("done", "closed") else None
