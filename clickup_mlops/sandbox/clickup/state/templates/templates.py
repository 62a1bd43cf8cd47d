"""Templates: saved by hand (seed or control side), copied by the API, filled a little later."""

from dataclasses import asdict

from clickup_mlops.sandbox.clickup.state import views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import (
    Folder,
    Json,
    Space,
    Task,
    TaskList,
    Template,
    User,
)
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, no_access
from clickup_mlops.sandbox.clickup.state.tasks import relations
from clickup_mlops.sandbox.clickup.state.templates import copies
from clickup_mlops.sandbox.clickup.state.values import record
from clickup_mlops.sandbox.clickup.state.world import World

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
    return keep(world, team_id, kind, name, contents[kind](world, source))


def keep(world: World, team_id: str, kind: str, name: str, content: Json) -> Template:
    """A new template with this content."""
    template_id = f"t-{15_363_292 + world.ids.count('template')}"
    return world.templates.put(Template(template_id, team_id, kind, name, content))


def make_task(world: World, actor: User, there: TaskList, template_id: str, body: Json) -> Task:
    """A task from a template, at once; what `body` says wins."""
    content = _get(world, "task", template_id).content
    return copies.copy_task(world, actor, there, content, {}, own=body)


def make_list(
    world: World, actor: User, there: Space | Folder, template_id: str, body: Json
) -> TaskList:
    """A List from a template; its tasks follow later unless `return_immediately` is false."""
    template = _get(world, "list", template_id)
    named = {"name": _name(body, "OAUTH_117", "List name is required")}
    made = places.create_list(world, actor, there, named)
    copies.start(world, actor, template, made.id, record(body, "options"))
    return made


def make_folder(world: World, actor: User, there: Space, template_id: str, body: Json) -> Folder:
    """A Folder from a template; its Lists follow later unless `return_immediately` is false."""
    template = _get(world, "folder", template_id)
    named = {"name": _name(body, "OAUTH_119", "Folder name is required")}
    if body.get("parent_folder_id"):
        named["parent_folder_id"] = body["parent_folder_id"]
    made = places.create_folder(world, actor, there, named)
    copies.start(world, actor, template, made.id, record(body, "options"))
    return made


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
        "views": [view.body for view in views.of(world, there)],
        "tasks": [_task(world, task) for task in roots],
    }


def _folder(world: World, folder: Folder) -> Json:
    return {
        "statuses": folder.statuses,
        "fields": _fields(world, "folder", folder.id),
        "views": [view.body for view in views.of(world, folder)],
        "lists": [_list(world, one) for one in places.lists_of(world, folder.id)],
    }


def _fields(world: World, level: str, level_id: str) -> list[Json]:
    return [asdict(f) for f in world.fields if (f.level, f.level_id) == (level, level_id)]
