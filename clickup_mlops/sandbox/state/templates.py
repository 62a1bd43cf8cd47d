"""Templates: saved by hand (seed or control side), copied by the API, filled a little later."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from clickup_mlops.sandbox.state import places, relations, tasks
from clickup_mlops.sandbox.state.model import (
    Folder,
    Growing,
    Json,
    Space,
    Task,
    TaskList,
    Template,
    User,
)
from clickup_mlops.sandbox.state.refusal import Refusal, no_access
from clickup_mlops.sandbox.state.values import record
from clickup_mlops.sandbox.state.world import World

PAGE = 100
"""Task templates per page."""

_TASK_KEYS = [
    "name",
    "text",
    "tags",
    "priority",
    "values",
    "checklists",
    "points",
    "time_estimate",
    "custom_item_id",
]


def of_team(world: World, team_id: str, kind: str) -> list[Template]:
    """The saved templates of a kind."""
    found = [one for one in world.templates if (one.team_id, one.kind) == (team_id, kind)]
    return sorted(found, key=lambda one: one.id)


def save(
    world: World, team_id: str, kind: str, source: Task | TaskList | Folder, name: str
) -> Template:
    """Save a task, List or Folder as a template, as somebody would in ClickUp's own pages."""
    contents: Json = {"task": _task, "list": _list, "folder": _folder}
    template_id = f"t-{15_363_292 + world.ids.count('template')}"
    content = contents[kind](world, source)
    return world.templates.put(Template(template_id, team_id, kind, name, content))


def make_task(world: World, actor: User, there: TaskList, template_id: str, body: Json) -> Task:
    """A task from a template, at once."""
    content = _get(world, "task", template_id).content
    return _grow_task(world, actor, there, content, name=body.get("name"))


def make_list(
    world: World, actor: User, there: Space | Folder, template_id: str, body: Json
) -> TaskList:
    """A List from a template; its tasks follow later unless `return_immediately` is false."""
    template = _get(world, "list", template_id)
    named = {"name": _name(body, "OAUTH_117", "List name is required")}
    made = places.create_list(world, actor, there, named)
    _later(world, actor, template, made.id, record(body, "options"))
    return made


def make_folder(world: World, actor: User, there: Space, template_id: str, body: Json) -> Folder:
    """A Folder from a template; its Lists follow later unless `return_immediately` is false."""
    template = _get(world, "folder", template_id)
    named = {"name": _name(body, "OAUTH_119", "Folder name is required")}
    if body.get("parent_folder_id"):
        named["parent_folder_id"] = body["parent_folder_id"]
    made = places.create_folder(world, actor, there, named)
    _later(world, actor, template, made.id, record(body, "options"))
    return made


def settle(world: World) -> None:
    """Fill the copies whose time has come."""
    for one in world.growing:
        if one.due_ms <= world.now_ms():
            world.growing.drop(one.id)
            _grow(world, one)


def _get(world: World, kind: str, template_id: str) -> Template:
    found = world.templates.get(template_id)
    if found is None or found.kind != kind:
        raise no_access("Template")
    return found


def _name(body: Json, code: str, text: str) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(code, text)
    return name


def _later(world: World, actor: User, template: Template, target: str, options: Json) -> None:
    wait = world.template_delay_ms if options.get("return_immediately", True) else 0
    key = str(world.ids.count("growing"))
    due = world.now_ms() + wait
    world.growing.put(Growing(key, template.id, target, options, actor.id, due))
    if not wait:
        settle(world)


# Saving


def _task(world: World, task: Task) -> Json:
    kept = {key: value for key, value in asdict(task).items() if key in _TASK_KEYS}
    children = [_task(world, child) for child in relations.subtasks(world, task)]
    return {**kept, "status": task.status, "subtasks": children}


def _list(world: World, there: TaskList) -> Json:
    roots = [task for task in world.tasks_of(there.id) if task.parent is None]
    return {
        "name": there.name,
        "content": there.content,
        "statuses": world.statuses(there),
        "fields": _fields(world, "list", there.id),
        "tasks": [_task(world, task) for task in roots],
    }


def _folder(world: World, folder: Folder) -> Json:
    return {
        "fields": _fields(world, "folder", folder.id),
        "lists": [_list(world, one) for one in places.lists_of(world, folder.id)],
    }


def _fields(world: World, level: str, level_id: str) -> list[Json]:
    return [asdict(f) for f in world.fields if (f.level, f.level_id) == (level, level_id)]


# Growing


def _grow(world: World, one: Growing) -> None:
    template, actor = world.templates[one.template_id], world.users[one.actor_id]
    if template.kind == "list" and (there := world.lists.get(one.target_id)):
        _grow_list(world, actor, there, template.content, one.options)
    elif template.kind == "folder" and (folder := world.folders.get(one.target_id)):
        if one.options.get("custom_fields", True):
            _copy_fields(world, template.content["fields"], folder.id)
        for content in template.content["lists"]:
            made = places.create_list(world, actor, folder, {"name": content["name"]})
            _grow_list(world, actor, made, content, one.options)


def _grow_list(world: World, actor: User, there: TaskList, content: Json, options: Json) -> None:
    there.content = content["content"]
    if options.get("old_statuses", True):
        there.statuses = places.status_set(world, there.id, "sc", content["statuses"])
    world.lists.put(there)
    renamed: dict[str, str] = {}
    if options.get("custom_fields", True):
        renamed = _copy_fields(world, content["fields"], there.id)
    for task in content["tasks"]:
        _grow_task(world, actor, there, task, renamed=renamed)


def _copy_fields(world: World, wanted: Iterable[Json], place_id: str) -> dict[str, str]:
    """New definitions at the copy's place; returns old id -> new id."""
    renamed = {}
    for one in wanted:
        renamed[one["id"]] = world.ids.uuid("field")
        made = {**one, "id": renamed[one["id"]], "level_id": place_id}
        world.fields.put(world.fields.kind(**made))
    return renamed


def _grow_task(
    world: World,
    actor: User,
    there: TaskList,
    content: Json,
    *,
    name: str | None = None,
    renamed: Mapping[str, str] = MappingProxyType({}),
    parent: str | None = None,
) -> Task:
    known = {one["status"] for one in world.statuses(there)}
    body: dict[str, Any] = {"name": name or content["name"], "description": content["text"]}
    body |= {key: content[key] for key in ("tags", "priority", "points", "time_estimate")}
    body |= {"parent": parent, "custom_item_id": content["custom_item_id"]}
    body |= {"status": content["status"]} if content["status"] in known else {}
    made = tasks.create(world, actor, there, body)
    made.values = {renamed.get(key, key): value for key, value in content["values"].items()}
    made.checklists = [
        {**one, "id": world.ids.uuid("checklist"), "task_id": made.id}
        for one in content["checklists"]
    ]
    world.tasks.put(made)
    for child in content["subtasks"]:
        _grow_task(world, actor, there, child, renamed=renamed, parent=made.id)
    return made
