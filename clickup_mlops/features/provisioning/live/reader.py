"""Reads a live workspace as nodes: one method for each kind of container, one call for each read.

Nodes stand at the path where the object really is, in the words of a template.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args

from clickup_mlops.clickup.content import Channel, Page
from clickup_mlops.clickup.hierarchy import Folder, Space, TaskList, View, Webhook
from clickup_mlops.clickup.model import FieldDefinition, Status, Task
from clickup_mlops.clickup.webhook import WebhookEvent
from clickup_mlops.errors import NotFound
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.template import views
from clickup_mlops.features.provisioning.tree import Attributes, Json, Level, Node, Path, level_of

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp

ALL_EVENTS: Final = len(get_args(WebhookEvent)) - 1
"""Events that ClickUp knows; a webhook for `*` is answered with the names of all of them."""
_LISTS_AT_ONCE: Final = 100
"""List ids in one question for tasks: they travel in the address."""


@dataclass(frozen=True)
class Rights:
    """What other answers showed by id: a place's `permission_level`, a space's ClickApps."""

    levels: dict[str, str] = field(default_factory=dict)
    features: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def note(self, place: Folder | TaskList) -> None:
        """Keep what the token may do in a place."""
        self.levels[place.id] = str(place.raw.get("permission_level") or "")


class Reader:
    """Reads one workspace. Spaces and fields are kept: they are needed more than once."""

    def __init__(self, client: "ClickUp", workspace: str) -> None:
        self.client, self.workspace = client, workspace
        self.rights = Rights()
        self._spaces: Sequence[Space] | None = None
        self._fields: dict[str, list[FieldDefinition]] = {}
        self._definitions: dict[str, FieldDefinition] = {}

    # -- places

    def spaces(self) -> list[Node]:
        """Every space."""
        return [_space(one) for one in self._all_spaces()]

    def statuses_of_space(self, space: Node) -> list[Node]:
        """They came with the space."""
        found = next(one for one in self._all_spaces() if one.id == space.id)
        return _statuses(found.statuses, space.path)

    def _all_spaces(self) -> Sequence[Space]:
        if self._spaces is None:
            self._spaces = self.client.spaces.all(self.workspace)
            self.rights.features.update({one.id: one.features for one in self._spaces})
        return self._spaces

    def folders(self, space: Node) -> list[Node]:
        """Folders with their statuses and lists."""
        found = self.client.folders.of_space(_id(space))
        for one in found:
            self._note(one)
        return [node for one in found for node in _folder(one, space.path)]

    def lists(self, space: Node) -> list[Node]:
        """Those that are in no folder."""
        found = self.client.lists.of_space(_id(space))
        for one in found:
            self.rights.note(one)
        return [_list(one, space.path) for one in found]

    def _note(self, folder: Folder) -> None:
        self.rights.note(folder)
        for one in folder.lists:
            self.rights.note(one)

    def statuses_of_list(self, where: Node) -> list[Node]:
        """What its tasks can have, inherited ones included."""
        return _statuses(self.client.lists.get(_id(where)).statuses, where.path)

    def elsewhere(self, kind: str, object_id: str) -> list[Node]:
        """An object that is not where it was: where it is now, and its parts; nothing if gone."""
        look: Callable[[str], list[Node]] = getattr(self, f"_{kind}_elsewhere")
        try:
            return look(object_id)
        except NotFound:
            return []

    def _space_elsewhere(self, object_id: str) -> list[Node]:
        found = self.client.spaces.get(object_id)
        self._all_spaces()
        self._spaces = (*(self._spaces or ()), found)
        return [_space(found)]

    def _folder_elsewhere(self, object_id: str) -> list[Node]:
        found = self.client.folders.get(object_id)
        return list(_folder(found, self._space_path(found.space_id)))

    def _list_elsewhere(self, object_id: str) -> list[Node]:
        found = self.client.lists.get(object_id)
        above = self._place_path(found.space_id, found.raw.get("folder") or {})
        return [_list(found, above)]

    def _task_elsewhere(self, object_id: str) -> list[Node]:
        task = self.client.tasks.get(object_id)
        above = self._place_path(task.space_id, task.raw.get("folder") or {})
        return [_task(task, (*above, ("list", task.list_name)))]

    def _space_path(self, space_id: str | None) -> Path:
        names = {one.id: one.name for one in self._all_spaces()}
        return (("space", names.get(space_id or "", space_id or "?")),)

    def _place_path(self, space_id: str | None, folder: Attributes) -> Path:
        path = self._space_path(space_id)
        if not folder or folder.get("hidden"):
            return path
        return (*path, ("folder", str(folder.get("name") or "")))

    # -- what is in them

    def fields(self, place: Node | None) -> list[Node]:
        """Custom fields made on a place, or on the workspace; of a list also inherited ones."""
        path = place.path if place else ()
        return [
            Node((*path, ("field", one.name)), fields.attributes(one), one.id)
            for one in self._fields_of(place)
        ]

    def _fields_of(self, place: Node | None) -> list[FieldDefinition]:
        place_id = _id(place) if place else self.workspace
        if place_id not in self._fields:
            read = fields.readers(self.client)[level_of(place.path if place else ())]
            self._fields[place_id] = list(read(place_id))
            self._definitions |= {one.id: one for one in self._fields[place_id]}
        return self._fields[place_id]

    def tags(self, space: Node) -> list[Node]:
        """A tag's id is its name."""
        return [
            Node(
                (*space.path, ("tag", one.name)),
                {"foreground": one.foreground.lower(), "background": one.background.lower()},
                one.name.strip().casefold(),
            )
            for one in self.client.tags.of_space(_id(space))
        ]

    def views(self, place: Node) -> list[Node]:
        """Views, and the forms among them. Fields are named as far as they were read before."""
        known = list(self._definitions.values())
        return [_view(one, place.path, known) for one in self.client.views.of(*_place(place))]

    def tasks(self, lists: Iterable[Node]) -> list[Node]:
        """All tasks of several lists, subtasks below their parents."""
        paths = {_id(one): one.path for one in lists}
        ids, found = list(paths), list[Task]()
        for start in range(0, len(ids), _LISTS_AT_ONCE):
            chunk = ids[start : start + _LISTS_AT_ONCE]
            found += self.client.tasks.in_workspace(
                self.workspace, list_ids=chunk, include_markdown=True
            )
        return _tasks([task for task in found if task.list_id in paths], paths)

    def docs(self, place: Node) -> list[Node]:
        """The docs of a place, without their pages."""
        found = self.client.docs.all(self.workspace, parent_id=_id(place))
        return [Node((*place.path, ("doc", one.name)), {}, one.id) for one in found]

    def pages(self, doc: Node, *, texts: bool) -> list[Node]:
        """A doc's pages, with their text if it is needed."""
        read = self.client.docs.texts if texts else self.client.docs.pages
        return list(_pages(read(self.workspace, _id(doc)), doc.path, texts=texts))

    def channels(self) -> list[Node]:
        """Of the workspace."""
        found = self.client.chat.channels(self.workspace)
        return [Node((("channel", one.name),), {}, one.id) for one in found]

    def channels_of(self, places: Mapping[str, Path]) -> list[Node]:
        """Channels that are located in one of these places, or are one of them: paths by id."""
        found = self.client.chat.channels(self.workspace)
        return [
            Node((*place, ("channel", one.name)), _private(one), one.id)
            for one in found
            if (place := places.get(one.id) or places.get(_location(one)))
        ]

    def webhooks(self, places: Mapping[str, Path]) -> list[Node]:
        """Those of the token's user for these places (by id) and for the whole workspace."""
        found = self.client.webhooks.list(self.workspace)
        return [
            Node((*places[where], ("webhook", one.endpoint)), {"events": _events(one)}, one.id)
            for one in found
            if (where := _where(one)) in places
        ]

    # -- ClickUp's own templates

    def list_templates(self) -> dict[str, str]:
        """Ids by name."""
        return {one.name: one.id for one in self.client.templates.lists(self.workspace)}

    def folder_templates(self) -> dict[str, str]:
        """Ids by name."""
        return {one.name: one.id for one in self.client.templates.folders(self.workspace)}


def _id(node: Node) -> str:
    return node.id or ""


def _place(node: Node) -> tuple[Level, str]:
    return level_of(node.path), _id(node)


def _space(one: Space) -> Node:
    color = one.raw.get("color")
    attributes = {"color": str(color).lower() if color else None, "private": one.private}
    return Node((("space", one.name),), attributes | _archived(one), one.id)


def _folder(one: Folder, above: Path) -> Iterator[Node]:
    path: Path = (*above, ("folder", one.name))
    yield Node(path, _archived(one), one.id)
    yield from _statuses(map(Status.parse, one.raw.get("statuses") or ()), path)
    for inner in one.lists:
        yield _list(inner, path)


def _list(one: TaskList, above: Path) -> Node:
    attributes = {"description": one.content} | _archived(one)
    return Node((*above, ("list", one.name)), attributes, one.id)


def _archived(one: Space | Folder | TaskList) -> Json:
    """Archived places are only met by id."""
    return {"archived": True} if one.archived else {}


def _statuses(statuses: Iterable[Status], above: Path) -> list[Node]:
    return [
        Node(
            (*above, ("status", one.name)),
            {"type": one.kind} | ({"color": one.color.lower()} if one.color else {}),
            one.id or one.name,
        )
        for one in statuses
    ]


def _view(one: View, above: Path, known: Iterable[FieldDefinition]) -> Node:
    if one.type == "form":
        return Node((*above, ("form", one.name)), {}, one.id)
    return Node((*above, ("view", one.name)), views.from_wire(one.raw, known), one.id)


def _tasks(tasks: Sequence[Task], lists: Mapping[str, Path]) -> list[Node]:
    by_id = {task.id: task for task in tasks}

    def above(task: Task) -> Path:
        parent = by_id.get(task.parent_id or "")
        return (*above(parent), ("task", parent.name)) if parent else lists[task.list_id]

    # Oldest first: of two tasks with one name the first is meant.
    return [_task(task, above(task)) for task in sorted(tasks, key=lambda one: one.created_ms)]


def _task(task: Task, above: Path) -> Node:
    text = task.markdown if task.markdown is not None else task.text
    values = {one.name: one.read() for one in task.fields if one.value is not None}
    return Node((*above, ("task", task.name)), {"description": text, "fields": values}, task.id)


def _pages(pages: Iterable[Page], above: Path, *, texts: bool) -> Iterator[Node]:
    for one in pages:
        path: Path = (*above, ("page", one.name))
        yield Node(path, {"content": one.content} if texts else {}, one.id)
        yield from _pages(one.pages, path, texts=texts)


def _location(one: Channel) -> str:
    return str((one.raw.get("parent") or {}).get("id") or "")


def _private(one: Channel) -> Json:
    return {"private": True} if one.raw.get("visibility") == "PRIVATE" else {}


def _events(one: Webhook) -> list[str]:
    return ["*"] if len(one.events) >= ALL_EVENTS else sorted(one.events)


def _where(one: Webhook) -> str:
    return one.list_id or one.folder_id or one.space_id or ""
