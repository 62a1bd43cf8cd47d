"""Spaces, Folders and Lists: finding, creating, changing, deleting."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from clickup_mlops.sandbox.clickup.state import changes, plan_limits
from clickup_mlops.sandbox.clickup.state.events import Event, Place
from clickup_mlops.sandbox.clickup.state.model import Folder, JsonTable, Space, TaskList, Team, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import (
    get_member,
    read_flag,
    read_priority,
    read_record,
    read_text,
    read_time,
)
from clickup_mlops.sandbox.clickup.state.world import World

_SWITCHES = [
    "time_tracking",
    "tags",
    "time_estimates",
    "checklists",
    "custom_fields",
    "remap_dependencies",
    "dependency_warning",
    "portfolios",
    "sprints",
    "points",
    "custom_items",
    "zoom",
    "milestones",
    "emails",
]

DEFAULT_STATUSES = (
    {"status": "to do", "type": "open", "color": "#87909e"},
    {"status": "complete", "type": "closed", "color": "#008844"},
)
"""What a new Space gets; the API has no way to ask for others."""


def get_team(world: World, team_id: str) -> Team:
    """A Workspace by id."""
    team = world.teams.get(team_id)
    if team is None:
        raise no_access("Workspace")
    return team


def get_space(world: World, space_id: str) -> Space:
    """A Space by id."""
    space = world.spaces.get(space_id)
    if space is None:
        raise no_access("Space")
    return space


def get_folder(world: World, folder_id: str) -> Folder:
    """A Folder by id."""
    folder = world.folders.get(folder_id)
    if folder is None:
        raise no_access("Folder")
    return folder


def get_list(world: World, list_id: str) -> TaskList:
    """A List by id."""
    task_list = world.lists.get(list_id)
    if task_list is None:
        raise no_access("List")
    return task_list


# Reading


def list_spaces(world: World, team_id: str, archived: bool = False) -> list[Space]:
    """The Spaces of a Workspace, oldest first."""
    spaces = [s for s in world.spaces if s.team_id == team_id and s.archived == archived]
    return sorted(spaces, key=lambda s: s.id)


def list_folders(world: World, space_id: str, archived: bool = False) -> list[Folder]:
    """The visible Folders of a Space, in order."""
    folders = [
        f
        for f in world.folders
        if f.space_id == space_id and not f.hidden and f.archived == archived
    ]
    return sorted(folders, key=lambda f: (f.orderindex, f.id))


def list_lists(world: World, folder_id: str, archived: bool = False) -> list[TaskList]:
    """The Lists of a Folder, in order."""
    task_lists = [x for x in world.lists if x.folder_id == folder_id and x.archived == archived]
    return sorted(task_lists, key=lambda x: (x.orderindex, x.id))


def list_folderless_lists(world: World, space_id: str, archived: bool = False) -> list[TaskList]:
    """The Lists that are directly in a Space."""
    hidden = [f for f in world.folders if f.space_id == space_id and f.hidden]
    return [x for f in hidden for x in list_lists(world, f.id, archived)]


def list_all_lists(world: World, space_id: str) -> list[TaskList]:
    """Every List below a Space."""
    return sorted((x for x in world.lists if x.space_id == space_id), key=lambda x: x.id)


# Spaces


def create_space(world: World, actor: User, team_id: str, body: JsonTable) -> Space:
    """A new, public Space with the default statuses."""
    plan_limits.check_space_limit(world, len([s for s in world.spaces if s.team_id == team_id]))
    name = _read_free_name(body, "Space", (s.name for s in list_spaces(world, team_id)))
    space_id = world.ids.numeric("space")
    space = Space(
        space_id,
        team_id,
        name,
        build_statuses(world, space_id, "p", DEFAULT_STATUSES),
        build_features(read_record(body, "features")),
        multiple_assignees=bool(body.get("multiple_assignees", True)),
    )
    world.spaces.put(space)
    _emit_event(world, "spaceCreated", {"space_id": space.id}, Place(team_id, space.id))
    return space


def update_space(world: World, actor: User, space: Space, body: JsonTable) -> Space:
    """Change what is named. `statuses` is accepted and dropped, as ClickUp does."""
    space.name = read_text(body, "name", space.name)
    space.color = read_text(body, "color", space.color or "") or None
    for key in ("private", "archived", "admin_can_manage", "multiple_assignees"):
        setattr(space, key, read_flag(body, key, getattr(space, key)))
    if space.private:  # whoever makes it private still sees it
        actor.shares.setdefault(space.id, "create")
        world.users.put(actor)
    if "features" in body:
        space.features = build_features(read_record(body, "features"), space.features)
    world.spaces.put(space)
    _emit_event(world, "spaceUpdated", {"space_id": space.id}, Place(space.team_id, space.id))
    return space


def delete_space(world: World, actor: User, space: Space) -> None:
    """Delete a Space and everything in it."""
    for folder in [f for f in world.folders if f.space_id == space.id]:
        _drop_folder(world, folder)
    world.spaces.drop(space.id)
    _emit_event(world, "spaceDeleted", {"space_id": space.id}, Place(space.team_id, space.id))


def build_features(changes_by_app: JsonTable, base: JsonTable | None = None) -> JsonTable:
    """The ClickApps of a Space: what was asked for over what was there."""
    current: JsonTable = base or {
        "due_dates": {"enabled": True, "start_date": True}
        | {"remap_due_dates": False, "remap_closed_due_date": False},
        **{switch: {"enabled": True} for switch in _SWITCHES},
        "priorities": {"enabled": True, "priorities": changes.PRIORITIES},
        "multiple_assignees": {"enabled": True},
        "check_unresolved": {"enabled": True, "subtasks": None, "checklists": None}
        | {"comments": None},
    }
    return {key: {**value, **read_record(changes_by_app, key)} for key, value in current.items()}


def build_statuses(world: World, place_id: str, prefix: str, definitions: Any) -> list[JsonTable]:
    """Statuses with ids, in order. `definitions`: dicts with status, type and color."""
    return [
        {
            "id": world.ids.status(place_id, prefix),
            "status": definition["status"].lower(),
            "type": definition["type"],
            "orderindex": index,
            "color": definition.get("color", "#87909e"),
        }
        for index, definition in enumerate(definitions)
    ]


# Folders


def create_folder(world: World, actor: User, space: Space, body: JsonTable) -> Folder:
    """A new Folder, or a subfolder if `parent_folder_id` is given."""
    parent = body.get("parent_folder_id")
    if parent is not None and get_folder(world, str(parent)).space_id != space.id:
        raise bad_input("The parent Folder must be in the same Space")
    plan_limits.check_folder_limit(world, len(list_folders(world, space.id)))
    name = _read_free_name(body, "Folder", (f.name for f in list_folders(world, space.id)))
    folder = Folder(
        world.ids.numeric("folder"),
        space.id,
        name,
        orderindex=len(list_folders(world, space.id)),
        parent_folder=None if parent is None else str(parent),
    )
    world.folders.put(folder)
    _emit_folder_event(world, "folderCreated", folder)
    return folder


def update_folder(world: World, actor: User, folder: Folder, body: JsonTable) -> Folder:
    """Rename; nothing else can be changed."""
    beside = list_folders(world, folder.space_id)
    folder.name = _read_free_name(body, "Folder", (x.name for x in beside), folder.name)
    world.folders.put(folder)
    _emit_folder_event(world, "folderUpdated", folder)
    return folder


def delete_folder(world: World, actor: User, folder: Folder) -> None:
    """Delete a Folder with its Lists and tasks."""
    _drop_folder(world, folder)
    _emit_folder_event(world, "folderDeleted", folder)


# Lists


def create_list(world: World, actor: User, place: Space | Folder, body: JsonTable) -> TaskList:
    """A new List in a Folder, or straight in a Space."""
    home = place if isinstance(place, Folder) else _make_hidden_folder(world, place)
    # Folderless Lists each sit in a hidden Folder of their own, so names are compared in the Space.
    siblings = _list_siblings(world, place)
    plan_limits.check_list_limit(world, len(siblings))
    name = _read_free_name(body, "List", (x.name for x in siblings))
    task_list = TaskList(
        world.ids.numeric("list"), home.id, home.space_id, name, orderindex=len(siblings)
    )
    _set_list(world, task_list, body)
    world.folders.put(home)
    world.lists.put(task_list)
    _emit_event(world, "listCreated", {"list_id": task_list.id}, _find_list_place(world, task_list))
    return task_list


def _list_siblings(world: World, place: Space | Folder) -> list[TaskList]:
    if isinstance(place, Folder):
        return list_lists(world, place.id)
    return list_folderless_lists(world, place.id)


def update_list(world: World, actor: User, task_list: TaskList, body: JsonTable) -> TaskList:
    """Change what is named; each change is an event. `folder_id` is ignored: a List cannot move."""
    before, home = dataclasses.replace(task_list), world.folders[task_list.folder_id]
    beside = _list_siblings(world, world.spaces[task_list.space_id] if home.hidden else home)
    task_list.name = _read_free_name(body, "List", (x.name for x in beside), task_list.name)
    _set_list(world, task_list, body)
    world.lists.put(task_list)
    for change in changes.compare_lists(before, task_list):
        item = world.item(change, task_list.id, actor, kind=6)
        _emit_event(
            world,
            "listUpdated",
            {"list_id": task_list.id},
            _find_list_place(world, task_list),
            item,
        )
    return task_list


def delete_list(world: World, actor: User, task_list: TaskList) -> None:
    """Delete a List with its tasks."""
    place = _find_list_place(world, task_list)
    drop_list(world, task_list)
    _emit_event(world, "listDeleted", {"list_id": task_list.id}, place)


def drop_list(world: World, task_list: TaskList) -> None:
    """Remove a List and its tasks without emitting events."""
    for task in world.tasks_of(task_list.id):
        world.tasks.drop(task.id)
    world.lists.drop(task_list.id)


def _set_list(world: World, task_list: TaskList, body: JsonTable) -> None:
    task_list.content = read_text(
        body, "markdown_content", read_text(body, "content", task_list.content)
    )
    task_list.priority = read_priority(body, task_list.priority)
    task_list.due_date = read_time(body, "due_date", task_list.due_date)
    task_list.due_date_time = read_flag(body, "due_date_time", task_list.due_date_time)
    task_list.start_date = read_time(body, "start_date", task_list.start_date)
    task_list.archived = read_flag(body, "archived", task_list.archived)
    if "assignee" in body:
        user_id = body["assignee"]
        task_list.assignee_id = None if user_id in (None, "none") else get_member(world, user_id).id
    if body.get("unset_status"):
        task_list.status = None
    elif "status" in body:
        task_list.status = read_text(body, "status", task_list.status or "") or None


def _make_hidden_folder(world: World, space: Space) -> Folder:
    return Folder(world.ids.numeric("folder"), space.id, "hidden", hidden=True)


def _drop_folder(world: World, folder: Folder) -> None:
    for child in [f for f in world.folders if f.parent_folder == folder.id]:
        _drop_folder(world, child)
    for task_list in [x for x in world.lists if x.folder_id == folder.id]:
        drop_list(world, task_list)
    world.folders.drop(folder.id)


_TAKEN = {
    "Folder": ("CAT_014", "Folder name taken"),
    "List": ("SUBCAT_016", "List name taken"),
    "Space": ("INPUT_002", "Space name taken"),
}
"""The first two codes are the ones that several public clients look for."""


def _read_free_name(body: JsonTable, kind: str, sibling_names: Iterable[str], now: str = "") -> str:
    """The name that is wanted, or the present one; no two of a kind may share one."""
    name = read_text(body, "name", now)
    if not name.strip():
        raise bad_input("Name invalid")
    if name != now and name in set(sibling_names):
        raise Refusal(*_TAKEN[kind])
    return name


def _find_list_place(world: World, task_list: TaskList) -> Place:
    return Place(world.team_of(task_list), task_list.space_id, task_list.folder_id, task_list.id)


def _emit_folder_event(world: World, kind: str, folder: Folder) -> None:
    place = Place(world.team_of(folder), folder.space_id, folder.id)
    _emit_event(world, kind, {"folder_id": folder.id}, place)


def _emit_event(
    world: World, kind: str, subject: JsonTable, place: Place, *items: JsonTable
) -> None:
    world.emit(Event(kind, subject, (place,), items))
