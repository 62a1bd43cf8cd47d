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
    Json,
    PendingCopy,
    Task,
    TaskList,
    Template,
    User,
)
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.world import World

Renamed = dict[str, str]
"""Old field id -> new field id."""


def start(world: World, actor: User, template: Template, target: str, options: Json) -> None:
    """Start a copy; it is filled at once if `return_immediately` is false."""
    wait = world.template_delay_ms if options.get("return_immediately", True) else 0
    now = world.now_ms()
    for part, due in (("first", now + wait // 2), ("rest", now + wait)):
        key = str(world.ids.count("copy"))
        world.copies.put(PendingCopy(key, template.id, target, options, actor.id, due, part))
    fill_due(world)


def fill_due(world: World) -> None:
    """Fill the copies that are due."""
    for one in sorted(world.copies, key=lambda each: (each.due_ms, int(each.id))):
        if one.due_ms <= world.now_ms():
            world.copies.drop(one.id)
            _fill(world, one)


def copy_task(
    world: World,
    actor: User,
    there: TaskList,
    content: Json,
    options: Json,
    *,
    own: Json | None = None,
    renamed: Renamed | None = None,
    parent: str | None = None,
) -> Task:
    """One task of a template with its subtasks; `options` may leave parts out, `own` wins."""
    body = {"name": content["name"], "parent": parent} | _body(world, there, content, options)
    body |= {key: value for key, value in (own or {}).items() if value is not None}
    made = tasks.create(world, actor, there, body)
    values = content["values"].items() if options.get("custom_fields", True) else ()
    made.values = {(renamed or {}).get(key, key): value for key, value in values}
    made.checklists = [
        {**one, "id": world.ids.uuid("checklist"), "task_id": made.id}
        for one in (content["checklists"] if options.get("old_checklists", True) else ())
    ]
    world.tasks.put(made)
    for child in content["subtasks"] if options.get("subtasks", True) else ():
        copy_task(world, actor, there, child, options, renamed=renamed, parent=made.id)
    return made


def _fill(world: World, one: PendingCopy) -> None:
    template, actor = world.templates[one.template_id], world.users[one.actor_id]
    copy = _Copy(world, actor, one.options)
    if template.kind == "list" and (there := world.lists.get(one.target_id)):
        copy.list_part(there, template.content, one.part)
    elif template.kind == "folder" and (folder := world.folders.get(one.target_id)):
        copy.folder_part(folder, template.content, one.part)


class _Copy:
    """Fills one copy with what its options ask for (everything that they do not leave out)."""

    def __init__(self, world: World, actor: User, options: Json) -> None:
        self._world, self._actor, self._options = world, actor, options

    def list_part(self, there: TaskList, content: Json, part: str) -> None:
        """A part of a List: `first`, `rest` or `all`."""
        if part != "rest":
            there.content = content["content"]
            if self._wants("old_statuses"):
                there.statuses = places.status_set(self._world, there.id, "sc", content["statuses"])
            self._world.lists.put(there)
        renamed = self._fields(content["fields"], "list", there.id, part)
        if part != "first":
            self._views(content, there, renamed)
            for task in content["tasks"]:
                copy_task(self._world, self._actor, there, task, self._options, renamed=renamed)

    def folder_part(self, folder: Folder, content: Json, part: str) -> None:
        """A part of a Folder: `first`, `rest` or `all`."""
        if part != "rest" and content.get("statuses") and self._wants("old_statuses"):
            folder.statuses = places.status_set(self._world, folder.id, "c", content["statuses"])
            self._world.folders.put(folder)
        renamed = self._fields(content["fields"], "folder", folder.id, part)
        if part != "first":
            self._views(content, folder, renamed)
            for inner in content["lists"]:
                named = {"name": inner["name"]}
                made = places.create_list(self._world, self._actor, folder, named)
                self.list_part(made, inner, "all")

    def _wants(self, option: str) -> bool:
        return bool(self._options.get(option, True))

    def _views(self, content: Json, there: Folder | TaskList, renamed: Renamed) -> None:
        for body in content.get("views", ()) if self._wants("include_views") else ():
            views.create(self._world, self._actor, there, _with_ids(body, renamed))

    def _fields(self, wanted: Sequence[Json], level: str, place_id: str, part: str) -> Renamed:
        """New definitions at the copy's place: the first half, the rest, or all."""
        if not self._wants("custom_fields"):
            return {}
        half = (len(wanted) + 1) // 2
        chosen = {"first": wanted[:half], "rest": wanted[half:], "all": wanted}[part]
        for one in chosen:
            made = {**one, "id": self._world.ids.uuid("field")}
            made |= {"level": level, "level_id": place_id, "files": [], "more_lists": []}
            self._world.fields.put(self._world.fields.kind(**made))
        return self._renamed(wanted, level, place_id)

    def _renamed(self, wanted: Sequence[Json], level: str, place_id: str) -> Renamed:
        here = {
            (one.name, one.type): one.id
            for one in self._world.fields
            if (one.level, one.level_id) == (level, place_id)
        }
        named = ((one["id"], here.get((one["name"], one["type"]))) for one in wanted)
        return {old: new for old, new in named if new is not None}


def _with_ids(body: Json, renamed: Renamed) -> Json:
    """A view's definition whose columns, groups and filters name the copy's own fields."""
    raw = orjson.dumps(body).decode()
    for old, new in renamed.items():
        raw = raw.replace(old, new)
    found: Json = orjson.loads(raw)
    return found


def _body(world: World, there: TaskList, content: Json, options: Json) -> Json:
    known = {one["status"] for one in world.statuses(there)}
    body: Json = {"description": content["text"], "custom_item_id": content["custom_item_id"]}
    body |= {key: content[key] for key in ("points", "time_estimate")}
    for key, option in (("tags", "old_tags"), ("priority", "priority")):
        if options.get(option, True):
            body[key] = content[key]
    if content["status"] in known and options.get("old_status", True):
        body["status"] = content["status"]
    return body
