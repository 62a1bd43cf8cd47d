"""Tasks: finding, creating, changing, moving. Each change is logged and told."""

from typing import Any

from clickup_mlops.sandbox.state import fields, places, relations, tags
from clickup_mlops.sandbox.state.events import Change, user_stub
from clickup_mlops.sandbox.state.model import Json, Task, TaskList, User
from clickup_mlops.sandbox.state.refusal import Refusal, bad_input, no_task
from clickup_mlops.sandbox.state.telling import send, tell, told
from clickup_mlops.sandbox.state.values import flag, moment, people, text, whole
from clickup_mlops.sandbox.state.world import World

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
    for task in world.tasks:
        if task.custom_id == custom_id and world.place(task).team_id == team_id:
            return task
    raise no_task()


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
    _set_first_values(world, made, body.get("custom_fields") or [])
    if (other := body.get("links_to")) is not None:
        relations.link(world, actor, made, get(world, str(other)))
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
    made.assignees = people(world, body.get("assignees") or [])
    made.group_assignees = list(body.get("group_assignees") or [])
    made.watchers = list(dict.fromkeys(made.watchers + made.assignees))
    made.tags = list(dict.fromkeys(str(tag).lower() for tag in body.get("tags") or []))
    made.priority = _priority(body, None)
    for key in ("due_date", "start_date"):
        setattr(made, key, moment(body, key, None))
        setattr(made, f"{key}_time", flag(body, f"{key}_time", False))
    made.time_estimate = whole(body, "time_estimate", None)
    made.points = body.get("points")
    made.archived = flag(body, "archived", False)


def _set_first_values(world: World, made: Task, wanted: list[Json]) -> None:
    known = {one.id: one for one in fields.of_task(world, made)}
    # Fields that do not apply to the task's type are left out silently.
    chosen = [one for one in wanted if one.get("id") in known]
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
    send(world, "taskCreated", made, (first, second))
    send(world, "taskStatusUpdated", made, (first,))


# Changing


def update(world: World, actor: User, task: Task, body: Json) -> Task:
    """A partial change. `custom_fields` and `tags` are ignored silently, as in ClickUp."""
    changes = [
        *_plain_changes(world, task, body),
        *_status_changes(world, task, body),
        *_people_changes(world, task, body),
    ]
    if isinstance(parent := body.get("parent"), str):
        task.parent = _parent(world, world.lists[task.list_id], parent)
    task.archived = flag(body, "archived", task.archived)
    task.custom_item_id = whole(body, "custom_item_id", task.custom_item_id) or 0
    tell(world, actor, task, *changes)
    return task


def _plain_changes(world: World, task: Task, body: Json) -> list[Change]:
    # Everything is read first: a bad value must leave the task as it was.
    wanted = {
        "name": text(body, "name", task.name),
        "text": _description(body, task.text),
        "priority": _priority(body, task.priority),
        "due_date": moment(body, "due_date", task.due_date),
        "start_date": moment(body, "start_date", task.start_date),
        "time_estimate": whole(body, "time_estimate", task.time_estimate),
        "points": body.get("points", task.points),
    }
    _wanted_status(world, task, body)
    return [_set(task, key, value) for key, value in wanted.items() if _named(body, key)]


def _named(body: Json, key: str) -> bool:
    names = _DESCRIPTIONS if key == "text" else (key,)
    return any(name in body for name in names)


def _set(task: Task, key: str, value: Any) -> Change:
    before = getattr(task, key)
    setattr(task, key, value)
    if key == "priority":
        return Change("priority", priority_object(before), priority_object(value))
    if key in ("due_date", "start_date"):
        return Change(key, _string(before), _string(value), {f"{key}_time": False})
    return Change("content" if key == "text" else key, before, value)


def _status_changes(world: World, task: Task, body: Json) -> list[Change]:
    after = _wanted_status(world, task, body)
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


def _people_changes(world: World, task: Task, body: Json) -> list[Change]:
    changes = []
    wanted = body.get("assignees")
    if isinstance(wanted, list):
        # Measured live: a flat array answers 200 and the people become watchers.
        task.watchers = list(dict.fromkeys(task.watchers + people(world, wanted)))
    elif isinstance(wanted, dict):
        changes = _assign(world, task, wanted)
    if isinstance(watchers := body.get("watchers"), dict):
        gone = people(world, watchers.get("rem") or [])
        kept = [one for one in task.watchers if one not in gone]
        task.watchers = list(dict.fromkeys(kept + people(world, watchers.get("add") or [])))
    if isinstance(groups := body.get("group_assignees"), dict):
        kept_groups = [g for g in task.group_assignees if g not in (groups.get("rem") or [])]
        task.group_assignees = list(dict.fromkeys(kept_groups + (groups.get("add") or [])))
    return changes


def _assign(world: World, task: Task, wanted: Json) -> list[Change]:
    changes = []
    for one in people(world, wanted.get("add") or []):
        if one not in task.assignees:
            task.assignees.append(one)
            changes.append(Change("assignee_add", None, user_stub(world.users[one])))
    for one in people(world, wanted.get("rem") or []):
        if one in task.assignees:
            task.assignees.remove(one)
            changes.append(Change("assignee_rem", user_stub(world.users[one]), None))
    task.watchers = list(dict.fromkeys(task.watchers + task.assignees))
    return changes


# Moving


def move(world: World, actor: User, task: Task, there: TaskList, body: Json) -> None:
    """Give a task another home List; its status must exist there or be mapped."""
    old_place, before = world.place(task), _section(world, world.lists[task.list_id])
    after_status = _status_after_move(world, task, there, body.get("status_mappings") or [])
    old_list, task.list_id = task.list_id, there.id
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
    told(world, actor, task, change, (old_place, world.place(task)))


def _status_after_move(world: World, task: Task, there: TaskList, mappings: list[Json]) -> Json:
    now = status(world, task)
    available = world.statuses(there)
    chosen = {one["source_status_id"]: one["destination_status_id"] for one in mappings}
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


def priority_object(level: int | None) -> Json | None:
    """1 to 4 as the object that answers show."""
    return None if level is None else places.PRIORITIES[level - 1]


def _priority(body: Json, otherwise: int | None) -> int | None:
    level = whole(body, "priority", otherwise)
    if level is not None and not 1 <= level <= 4:
        raise bad_input("Priority invalid")
    return level


_DESCRIPTIONS = ("markdown_description", "markdown_content", "description")


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


def _parent(world: World, there: TaskList, parent: Any) -> str | None:
    if parent is None:
        return None
    if get(world, str(parent)).list_id != there.id:
        raise bad_input("Parent not in the same List")
    return str(parent)


def _close_or_open(task: Task, state: Json, now_ms: int) -> None:
    task.date_closed = now_ms if state["type"] == "closed" else None
    task.date_done = now_ms if state["type"] in ("done", "closed") else None


def _string(value: int | None) -> str | None:
    return None if value is None else str(value)
