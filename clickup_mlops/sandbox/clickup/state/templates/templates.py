"""Templates: saved by hand (seed or control side), copied by the API, filled a little later."""

from dataclasses import asdict

from clickup_mlops.sandbox.clickup.state import views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import (
    Folder,
    JsonTable,
    Space,
    Task,
    TaskList,
    Template,
    User,
)
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, no_access
from clickup_mlops.sandbox.clickup.state.tasks import relations
from clickup_mlops.sandbox.clickup.state.templates import copies
from clickup_mlops.sandbox.clickup.state.values import read_record
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


def list_templates(world: World, team_id: str, kind: str) -> list[Template]:
    """The saved templates of a kind."""
    templates = [
        template
        for template in world.templates
        if (template.team_id, template.kind) == (team_id, kind)
    ]
    return sorted(templates, key=lambda template: template.id)


def save(
    world: World, team_id: str, kind: str, source: Task | TaskList | Folder, name: str
) -> Template:
    """Save a task, List or Folder as a template, as somebody would in ClickUp's own pages."""
    contents: JsonTable = {
        "task": _serialize_task,
        "list": _serialize_list,
        "folder": _serialize_folder,
    }
    return store(world, team_id, kind, name, contents[kind](world, source))


def store(world: World, team_id: str, kind: str, name: str, content: JsonTable) -> Template:
    """A new template with this content."""
    template_id = f"t-{15_363_292 + world.ids.count('template')}"
    return world.templates.put(Template(template_id, team_id, kind, name, content))


def make_task(
    world: World, actor: User, task_list: TaskList, template_id: str, body: JsonTable
) -> Task:
    """A task from a template, at once; what `body` says wins."""
    content = _get_template(world, "task", template_id).content
    return copies.copy_task(world, actor, task_list, content, {}, overrides=body)


def make_list(
    world: World, actor: User, place: Space | Folder, template_id: str, body: JsonTable
) -> TaskList:
    """A List from a template; its tasks follow later unless `return_immediately` is false."""
    template = _get_template(world, "list", template_id)
    named = {"name": _read_name(body, "OAUTH_117", "List name is required")}
    task_list = places.create_list(world, actor, place, named)
    copies.start(world, actor, template, task_list.id, read_record(body, "options"))
    return task_list


def make_folder(
    world: World, actor: User, space: Space, template_id: str, body: JsonTable
) -> Folder:
    """A Folder from a template; its Lists follow later unless `return_immediately` is false."""
    template = _get_template(world, "folder", template_id)
    named = {"name": _read_name(body, "OAUTH_119", "Folder name is required")}
    if body.get("parent_folder_id"):
        named["parent_folder_id"] = body["parent_folder_id"]
    folder = places.create_folder(world, actor, space, named)
    copies.start(world, actor, template, folder.id, read_record(body, "options"))
    return folder


def _get_template(world: World, kind: str, template_id: str) -> Template:
    template = world.templates.get(template_id)
    if template is None or template.kind != kind:
        raise no_access("Template")
    return template


def _read_name(body: JsonTable, code: str, text: str) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(code, text)
    return name


# Saving


def _serialize_task(world: World, task: Task) -> JsonTable:
    values = {key: value for key, value in asdict(task).items() if key in _TASK_KEYS}
    children = [_serialize_task(world, child) for child in relations.list_subtasks(world, task)]
    return {**values, "status": task.status, "subtasks": children}


def _serialize_list(world: World, task_list: TaskList) -> JsonTable:
    roots = [task for task in world.tasks_of(task_list.id) if task.parent is None]
    return {
        "name": task_list.name,
        "content": task_list.content,
        "statuses": world.statuses(task_list),
        "fields": _serialize_fields(world, "list", task_list.id),
        "views": [view.body for view in views.list_views(world, task_list)],
        "tasks": [_serialize_task(world, task) for task in roots],
    }


def _serialize_folder(world: World, folder: Folder) -> JsonTable:
    return {
        "statuses": folder.statuses,
        "fields": _serialize_fields(world, "folder", folder.id),
        "views": [view.body for view in views.list_views(world, folder)],
        "lists": [
            _serialize_list(world, task_list) for task_list in places.list_lists(world, folder.id)
        ],
    }


def _serialize_fields(world: World, level: str, level_id: str) -> list[JsonTable]:
    return [asdict(f) for f in world.fields if (f.level, f.level_id) == (level, level_id)]
