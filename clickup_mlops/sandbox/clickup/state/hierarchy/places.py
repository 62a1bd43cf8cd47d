"""Spaces, Folders and Lists: finding, creating, changing, deleting."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from clickup_mlops.sandbox.clickup.state import changes, plan_limits
from clickup_mlops.sandbox.clickup.state.events import Event, Place
from clickup_mlops.sandbox.clickup.state.model import Folder, Json, Space, TaskList, Team, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import flag, level, moment, person, record, text
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


def team(world: World, team_id: str) -> Team:
    """A Workspace by id."""
    found = world.teams.get(team_id)
    if found is None:
        raise no_access("Workspace")
    return found


def space(world: World, space_id: str) -> Space:
    """A Space by id."""
    found = world.spaces.get(space_id)
    if found is None:
        raise no_access("Space")
    return found


def folder(world: World, folder_id: str) -> Folder:
    """A Folder by id."""
    found = world.folders.get(folder_id)
    if found is None:
        raise no_access("Folder")
    return found


def task_list(world: World, list_id: str) -> TaskList:
    """A List by id."""
    found = world.lists.get(list_id)
    if found is None:
        raise no_access("List")
    return found


# Reading


def spaces_of(world: World, team_id: str, archived: bool = False) -> list[Space]:
    """The Spaces of a Workspace, oldest first."""
    found = [s for s in world.spaces if s.team_id == team_id and s.archived == archived]
    return sorted(found, key=lambda s: s.id)


def folders_of(world: World, space_id: str, archived: bool = False) -> list[Folder]:
    """The visible Folders of a Space, in order."""
    found = [
        f
        for f in world.folders
        if f.space_id == space_id and not f.hidden and f.archived == archived
    ]
    return sorted(found, key=lambda f: (f.orderindex, f.id))


def lists_of(world: World, folder_id: str, archived: bool = False) -> list[TaskList]:
    """The Lists of a Folder, in order."""
    found = [x for x in world.lists if x.folder_id == folder_id and x.archived == archived]
    return sorted(found, key=lambda x: (x.orderindex, x.id))


def folderless_lists_of(world: World, space_id: str, archived: bool = False) -> list[TaskList]:
    """The Lists that are directly in a Space."""
    hidden = [f for f in world.folders if f.space_id == space_id and f.hidden]
    return [x for f in hidden for x in lists_of(world, f.id, archived)]


def lists_in_space(world: World, space_id: str) -> list[TaskList]:
    """Every List below a Space."""
    return sorted((x for x in world.lists if x.space_id == space_id), key=lambda x: x.id)


# Spaces


def create_space(world: World, actor: User, team_id: str, body: Json) -> Space:
    """A new, public Space with the default statuses."""
    plan_limits.space(world, len([s for s in world.spaces if s.team_id == team_id]))
    name = _free_name(body, "Space", (s.name for s in spaces_of(world, team_id)))
    space_id = world.ids.numeric("space")
    made = Space(
        space_id,
        team_id,
        name,
        status_set(world, space_id, "p", DEFAULT_STATUSES),
        features(record(body, "features")),
        multiple_assignees=bool(body.get("multiple_assignees", True)),
    )
    world.spaces.put(made)
    _tell(world, "spaceCreated", {"space_id": made.id}, Place(team_id, made.id))
    return made


def update_space(world: World, actor: User, found: Space, body: Json) -> Space:
    """Change what is named. `statuses` is accepted and dropped, as ClickUp does."""
    found.name = text(body, "name", found.name)
    found.color = text(body, "color", found.color or "") or None
    for key in ("private", "archived", "admin_can_manage", "multiple_assignees"):
        setattr(found, key, flag(body, key, getattr(found, key)))
    if "features" in body:
        found.features = features(record(body, "features"), found.features)
    world.spaces.put(found)
    _tell(world, "spaceUpdated", {"space_id": found.id}, Place(found.team_id, found.id))
    return found


def delete_space(world: World, actor: User, found: Space) -> None:
    """Delete a Space and everything in it."""
    for one in [f for f in world.folders if f.space_id == found.id]:
        _drop_folder(world, one)
    world.spaces.drop(found.id)
    _tell(world, "spaceDeleted", {"space_id": found.id}, Place(found.team_id, found.id))


def features(asked: Json, base: Json | None = None) -> Json:
    """The ClickApps of a Space: what was asked for over what was there."""
    known: Json = base or {
        "due_dates": {"enabled": True, "start_date": True}
        | {"remap_due_dates": False, "remap_closed_due_date": False},
        **{switch: {"enabled": True} for switch in _SWITCHES},
        "priorities": {"enabled": True, "priorities": changes.PRIORITIES},
        "multiple_assignees": {"enabled": True},
        "check_unresolved": {"enabled": True, "subtasks": None, "checklists": None}
        | {"comments": None},
    }
    return {key: {**value, **record(asked, key)} for key, value in known.items()}


def status_set(world: World, place_id: str, prefix: str, wanted: Any) -> list[Json]:
    """Statuses with ids, in order. `wanted`: dicts with status, type and color."""
    return [
        {
            "id": world.ids.status(place_id, prefix),
            "status": one["status"].lower(),
            "type": one["type"],
            "orderindex": index,
            "color": one.get("color", "#87909e"),
        }
        for index, one in enumerate(wanted)
    ]


# Folders


def create_folder(world: World, actor: User, there: Space, body: Json) -> Folder:
    """A new Folder, or a subfolder if `parent_folder_id` is given."""
    parent = body.get("parent_folder_id")
    if parent is not None and folder(world, str(parent)).space_id != there.id:
        raise bad_input("The parent Folder must be in the same Space")
    plan_limits.folder(world, len(folders_of(world, there.id)))
    name = _free_name(body, "Folder", (f.name for f in folders_of(world, there.id)))
    made = Folder(
        world.ids.numeric("folder"),
        there.id,
        name,
        orderindex=len(folders_of(world, there.id)),
        parent_folder=None if parent is None else str(parent),
    )
    world.folders.put(made)
    _tell_folder(world, "folderCreated", made)
    return made


def update_folder(world: World, actor: User, found: Folder, body: Json) -> Folder:
    """Rename; nothing else can be changed."""
    beside = folders_of(world, found.space_id)
    found.name = _free_name(body, "Folder", (x.name for x in beside), found.name)
    world.folders.put(found)
    _tell_folder(world, "folderUpdated", found)
    return found


def delete_folder(world: World, actor: User, found: Folder) -> None:
    """Delete a Folder with its Lists and tasks."""
    _drop_folder(world, found)
    _tell_folder(world, "folderDeleted", found)


# Lists


def create_list(world: World, actor: User, there: Space | Folder, body: Json) -> TaskList:
    """A new List in a Folder, or straight in a Space."""
    home = there if isinstance(there, Folder) else _hidden_folder(world, there)
    # Folderless Lists each sit in a hidden Folder of their own, so names are compared in the Space.
    siblings = _siblings(world, there)
    plan_limits.task_list(world, len(siblings))
    name = _free_name(body, "List", (x.name for x in siblings))
    made = TaskList(
        world.ids.numeric("list"), home.id, home.space_id, name, orderindex=len(siblings)
    )
    _set_list(world, made, body)
    world.folders.put(home)
    world.lists.put(made)
    _tell(world, "listCreated", {"list_id": made.id}, _list_place(world, made))
    return made


def _siblings(world: World, there: Space | Folder) -> list[TaskList]:
    if isinstance(there, Folder):
        return lists_of(world, there.id)
    return folderless_lists_of(world, there.id)


def update_list(world: World, actor: User, found: TaskList, body: Json) -> TaskList:
    """Change what is named; each change is an event. `folder_id` is ignored: a List cannot move."""
    before, home = dataclasses.replace(found), world.folders[found.folder_id]
    beside = _siblings(world, world.spaces[found.space_id] if home.hidden else home)
    found.name = _free_name(body, "List", (x.name for x in beside), found.name)
    _set_list(world, found, body)
    world.lists.put(found)
    for change in changes.of_list(before, found):
        item = world.item(change, found.id, actor, kind=6)
        _tell(world, "listUpdated", {"list_id": found.id}, _list_place(world, found), item)
    return found


def delete_list(world: World, actor: User, found: TaskList) -> None:
    """Delete a List with its tasks."""
    place = _list_place(world, found)
    drop_list(world, found)
    _tell(world, "listDeleted", {"list_id": found.id}, place)


def drop_list(world: World, found: TaskList) -> None:
    """Remove a List and its tasks without emitting events."""
    for task in world.tasks_of(found.id):
        world.tasks.drop(task.id)
    world.lists.drop(found.id)


def _set_list(world: World, found: TaskList, body: Json) -> None:
    found.content = text(body, "markdown_content", text(body, "content", found.content))
    found.priority = level(body, found.priority)
    found.due_date = moment(body, "due_date", found.due_date)
    found.due_date_time = flag(body, "due_date_time", found.due_date_time)
    found.start_date = moment(body, "start_date", found.start_date)
    found.archived = flag(body, "archived", found.archived)
    if "assignee" in body:
        wanted = body["assignee"]
        found.assignee_id = None if wanted in (None, "none") else person(world, wanted).id
    if body.get("unset_status"):
        found.status = None
    elif "status" in body:
        found.status = text(body, "status", found.status or "") or None


def _hidden_folder(world: World, there: Space) -> Folder:
    return Folder(world.ids.numeric("folder"), there.id, "hidden", hidden=True)


def _drop_folder(world: World, found: Folder) -> None:
    for child in [f for f in world.folders if f.parent_folder == found.id]:
        _drop_folder(world, child)
    for one in [x for x in world.lists if x.folder_id == found.id]:
        drop_list(world, one)
    world.folders.drop(found.id)


_TAKEN = {
    "Folder": ("CAT_014", "Folder name taken"),
    "List": ("SUBCAT_016", "List name taken"),
    "Space": ("INPUT_002", "Space name taken"),
}
"""The first two codes are the ones that several public clients look for."""


def _free_name(body: Json, kind: str, taken: Iterable[str], now: str = "") -> str:
    """The name that is wanted, or the present one; no two of a kind may share one."""
    name = text(body, "name", now)
    if not name.strip():
        raise bad_input("Name invalid")
    if name != now and name in set(taken):
        raise Refusal(*_TAKEN[kind])
    return name


def _list_place(world: World, found: TaskList) -> Place:
    return Place(world.team_of(found), found.space_id, found.folder_id, found.id)


def _tell_folder(world: World, kind: str, found: Folder) -> None:
    place = Place(world.team_of(found), found.space_id, found.id)
    _tell(world, kind, {"folder_id": found.id}, place)


def _tell(world: World, kind: str, subject: Json, place: Place, *items: Json) -> None:
    world.emit(Event(kind, subject, (place,), items))
