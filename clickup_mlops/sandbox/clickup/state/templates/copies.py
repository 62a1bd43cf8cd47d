"""Copies of templates: an id at once, the content a little later and not all at the same time.

ClickUp answers with the id first and fills the copy afterwards, so a client that looks once too
early sees a part: here statuses and the first half of the fields come at half of the delay, the
rest of the fields, views, Lists and tasks at the end.
"""

from collections.abc import Sequence

import orjson

from clickup_mlops.sandbox.clickup.state import views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import (
    Folder,
    JsonTable,
    PendingCopy,
    Task,
    TaskList,
    Template,
    User,
)
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.world import World

NewFieldIds = dict[str, str]
"""Old field id -> new field id."""


def start(world: World, actor: User, template: Template, target: str, options: JsonTable) -> None:
    """Start a copy; it is filled at once if `return_immediately` is false."""
    wait = world.template_delay_ms if options.get("return_immediately", True) else 0
    now = world.now_ms()
    for part, due in (("first", now + wait // 2), ("rest", now + wait)):
        key = str(world.ids.count("copy"))
        world.copies.put(PendingCopy(key, template.id, target, options, actor.id, due, part))
    fill_due(world)


def fill_due(world: World) -> None:
    """Fill the copies that are due."""
    for pending_copy in sorted(
        world.copies, key=lambda pending_copy: (pending_copy.due_ms, int(pending_copy.id))
    ):
        if pending_copy.due_ms <= world.now_ms():
            world.copies.drop(pending_copy.id)
            _fill_copy(world, pending_copy)


def copy_task(
    world: World,
    actor: User,
    task_list: TaskList,
    content: JsonTable,
    options: JsonTable,
    *,
    overrides: JsonTable | None = None,
    new_field_ids: NewFieldIds | None = None,
    parent: str | None = None,
) -> Task:
    """One task of a template with its subtasks; `options` may leave parts out, `overrides` win."""
    body = {"name": content["name"], "parent": parent} | _build_body(
        world, task_list, content, options
    )
    body |= {key: value for key, value in (overrides or {}).items() if value is not None}
    task = tasks.create(world, actor, task_list, body)
    values = content["values"].items() if options.get("custom_fields", True) else ()
    task.values = {(new_field_ids or {}).get(key, key): value for key, value in values}
    task.checklists = [
        {**checklist, "id": world.ids.uuid("checklist"), "task_id": task.id}
        for checklist in (content["checklists"] if options.get("old_checklists", True) else ())
    ]
    world.tasks.put(task)
    for child in content["subtasks"] if options.get("subtasks", True) else ():
        copy_task(
            world, actor, task_list, child, options, new_field_ids=new_field_ids, parent=task.id
        )
    return task


def _fill_copy(world: World, pending_copy: PendingCopy) -> None:
    template, actor = world.templates[pending_copy.template_id], world.users[pending_copy.actor_id]
    copy = _Copy(world, actor, pending_copy.options)
    if template.kind == "list" and (task_list := world.lists.get(pending_copy.target_id)):
        copy.fill_list(task_list, template.content, pending_copy.part)
    elif template.kind == "folder" and (folder := world.folders.get(pending_copy.target_id)):
        copy.fill_folder(folder, template.content, pending_copy.part)


class _Copy:
    """Fills one copy with what its options ask for (everything that they do not leave out)."""

    def __init__(self, world: World, actor: User, options: JsonTable) -> None:
        self._world, self._actor, self._options = world, actor, options

    def fill_list(self, task_list: TaskList, content: JsonTable, part: str) -> None:
        """A part of a List: `first`, `rest` or `all`."""
        if part != "rest":
            task_list.content = content["content"]
            if self._is_wanted("old_statuses"):
                task_list.statuses = places.build_statuses(
                    self._world, task_list.id, "sc", content["statuses"]
                )
            self._world.lists.put(task_list)
        new_field_ids = self._create_fields(content["fields"], "list", task_list.id, part)
        if part != "first":
            self._create_views(content, task_list, new_field_ids)
            for task in content["tasks"]:
                copy_task(
                    self._world,
                    self._actor,
                    task_list,
                    task,
                    self._options,
                    new_field_ids=new_field_ids,
                )

    def fill_folder(self, folder: Folder, content: JsonTable, part: str) -> None:
        """A part of a Folder: `first`, `rest` or `all`."""
        if part != "rest" and content.get("statuses") and self._is_wanted("old_statuses"):
            folder.statuses = places.build_statuses(
                self._world, folder.id, "c", content["statuses"]
            )
            self._world.folders.put(folder)
        new_field_ids = self._create_fields(content["fields"], "folder", folder.id, part)
        if part != "first":
            self._create_views(content, folder, new_field_ids)
            for inner in content["lists"]:
                named = {"name": inner["name"]}
                task_list = places.create_list(self._world, self._actor, folder, named)
                self.fill_list(task_list, inner, "all")

    def _is_wanted(self, option: str) -> bool:
        return bool(self._options.get(option, True))

    def _create_views(
        self, content: JsonTable, place: Folder | TaskList, new_field_ids: NewFieldIds
    ) -> None:
        for body in content.get("views", ()) if self._is_wanted("include_views") else ():
            views.create(self._world, self._actor, place, _replace_field_ids(body, new_field_ids))

    def _create_fields(
        self, definitions: Sequence[JsonTable], level: str, place_id: str, part: str
    ) -> NewFieldIds:
        """New definitions at the copy's place: the first half, the rest, or all."""
        if not self._is_wanted("custom_fields"):
            return {}
        half = (len(definitions) + 1) // 2
        chosen = {"first": definitions[:half], "rest": definitions[half:], "all": definitions}[part]
        for definition in chosen:
            created = {**definition, "id": self._world.ids.uuid("field")}
            created |= {"level": level, "level_id": place_id, "files": [], "more_lists": []}
            self._world.fields.put(self._world.fields.kind(**created))
        return self._map_field_ids(definitions, level, place_id)

    def _map_field_ids(
        self, definitions: Sequence[JsonTable], level: str, place_id: str
    ) -> NewFieldIds:
        new_ids = {
            (field.name, field.type): field.id
            for field in self._world.fields
            if (field.level, field.level_id) == (level, place_id)
        }
        named = (
            (definition["id"], new_ids.get((definition["name"], definition["type"])))
            for definition in definitions
        )
        return {old: new for old, new in named if new is not None}


def _replace_field_ids(body: JsonTable, new_field_ids: NewFieldIds) -> JsonTable:
    """A view's definition whose columns, groups and filters name the copy's own fields."""
    raw = orjson.dumps(body).decode()
    for old, new in new_field_ids.items():
        raw = raw.replace(old, new)
    replaced: JsonTable = orjson.loads(raw)
    return replaced


def _build_body(
    world: World, task_list: TaskList, content: JsonTable, options: JsonTable
) -> JsonTable:
    status_names = {status["status"] for status in world.statuses(task_list)}
    body: JsonTable = {"description": content["text"], "custom_item_id": content["custom_item_id"]}
    body |= {key: content[key] for key in ("points", "time_estimate")}
    for key, option in (("tags", "old_tags"), ("priority", "priority")):
        if options.get(option, True):
            body[key] = content[key]
    if content["status"] in status_names and options.get("old_status", True):
        body["status"] = content["status"]
    return body
