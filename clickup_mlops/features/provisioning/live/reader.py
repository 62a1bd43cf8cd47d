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
from clickup_mlops.features.provisioning.tree import (
    Attributes,
    JsonTable,
    Level,
    Node,
    Path,
    level_of,
)

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
        return [_space(space) for space in self._all_spaces()]

    def statuses_of_space(self, space: Node) -> list[Node]:
        """They came with the space."""
        live_space = next(candidate for candidate in self._all_spaces() if candidate.id == space.id)
        return _statuses(live_space.statuses, space.path)

    def _all_spaces(self) -> Sequence[Space]:
        if self._spaces is None:
            self._spaces = self.client.spaces.all(self.workspace)
            self.rights.features.update({space.id: space.features for space in self._spaces})
        return self._spaces

    def folders(self, space: Node) -> list[Node]:
        """Folders with their statuses and lists."""
        folders = self.client.folders.of_space(_id(space))
        for folder in folders:
            self._note(folder)
        return [node for folder in folders for node in _folder(folder, space.path)]

    def lists(self, space: Node) -> list[Node]:
        """Those that are in no folder."""
        lists = self.client.lists.of_space(_id(space))
        for list_ in lists:
            self.rights.note(list_)
        return [_list(list_, space.path) for list_ in lists]

    def _note(self, folder: Folder) -> None:
        self.rights.note(folder)
        for list_ in folder.lists:
            self.rights.note(list_)

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
        space = self.client.spaces.get(object_id)
        self._all_spaces()
        self._spaces = (*(self._spaces or ()), space)
        return [_space(space)]

    def _folder_elsewhere(self, object_id: str) -> list[Node]:
        folder = self.client.folders.get(object_id)
        return list(_folder(folder, self._space_path(folder.space_id)))

    def _list_elsewhere(self, object_id: str) -> list[Node]:
        list_ = self.client.lists.get(object_id)
        above = self._place_path(list_.space_id, list_.raw.get("folder") or {})
        return [_list(list_, above)]

    def _task_elsewhere(self, object_id: str) -> list[Node]:
        task = self.client.tasks.get(object_id)
        above = self._place_path(task.space_id, task.raw.get("folder") or {})
        return [_task(task, (*above, ("list", task.list_name)))]

    def _space_path(self, space_id: str | None) -> Path:
        names = {space.id: space.name for space in self._all_spaces()}
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
            Node((*path, ("field", field.name)), fields.attributes(field), field.id)
            for field in self._fields_of(place)
        ]

    def _fields_of(self, place: Node | None) -> list[FieldDefinition]:
        place_id = _id(place) if place else self.workspace
        if place_id not in self._fields:
            read = fields.readers(self.client)[level_of(place.path if place else ())]
            self._fields[place_id] = list(read(place_id))
            self._definitions |= {field.id: field for field in self._fields[place_id]}
        return self._fields[place_id]

    def tags(self, space: Node) -> list[Node]:
        """A tag's id is its name."""
        return [
            Node(
                (*space.path, ("tag", tag.name)),
                {"foreground": tag.foreground.lower(), "background": tag.background.lower()},
                tag.name.strip().casefold(),
            )
            for tag in self.client.tags.of_space(_id(space))
        ]

    def views(self, place: Node) -> list[Node]:
        """Views, and the forms among them. Fields are named as far as they were read before."""
        definitions = list(self._definitions.values())
        return [
            _view(view, place.path, definitions) for view in self.client.views.of(*_place(place))
        ]

    def tasks(self, lists: Iterable[Node]) -> list[Node]:
        """All tasks of several lists, subtasks below their parents."""
        paths = {_id(list_): list_.path for list_ in lists}
        ids, live_tasks = list(paths), list[Task]()
        for start in range(0, len(ids), _LISTS_AT_ONCE):
            chunk = ids[start : start + _LISTS_AT_ONCE]
            live_tasks += self.client.tasks.in_workspace(
                self.workspace, list_ids=chunk, include_markdown=True
            )
        return _tasks([task for task in live_tasks if task.list_id in paths], paths)

    def docs(self, place: Node) -> list[Node]:
        """The docs of a place, without their pages."""
        docs = self.client.docs.all(self.workspace, parent_id=_id(place))
        return [Node((*place.path, ("doc", doc.name)), {}, doc.id) for doc in docs]

    def pages(self, doc: Node, *, texts: bool) -> list[Node]:
        """A doc's pages, with their text if it is needed."""
        read = self.client.docs.texts if texts else self.client.docs.pages
        return list(_pages(read(self.workspace, _id(doc)), doc.path, texts=texts))

    def channels(self) -> list[Node]:
        """The chat channels of the workspace."""
        channels = self.client.chat.channels(self.workspace)
        return [Node((("channel", channel.name),), {}, channel.id) for channel in channels]

    def channels_of(self, places: Mapping[str, Path]) -> list[Node]:
        """Channels that are located in one of these places, or are one of them: paths by id."""
        channels = self.client.chat.channels(self.workspace)
        return [
            Node((*place, ("channel", channel.name)), _private(channel), channel.id)
            for channel in channels
            if (place := places.get(channel.id) or places.get(_location(channel)))
        ]

    def webhooks(self, places: Mapping[str, Path]) -> list[Node]:
        """Those of the token's user for these places (by id) and for the whole workspace."""
        webhooks = self.client.webhooks.list(self.workspace)
        return [
            Node(
                (*places[where], ("webhook", webhook.endpoint)),
                {"events": _events(webhook)},
                webhook.id,
            )
            for webhook in webhooks
            if (where := _where(webhook)) in places
        ]

    # -- ClickUp's own templates

    def list_templates(self) -> dict[str, str]:
        """The ids of the workspace's List templates, by name."""
        return {
            template.name: template.id for template in self.client.templates.lists(self.workspace)
        }

    def folder_templates(self) -> dict[str, str]:
        """The ids of the workspace's folder templates, by name."""
        return {
            template.name: template.id for template in self.client.templates.folders(self.workspace)
        }


def _id(node: Node) -> str:
    return node.id or ""


def _place(node: Node) -> tuple[Level, str]:
    return level_of(node.path), _id(node)


def _space(space: Space) -> Node:
    color = space.raw.get("color")
    attributes = {"color": str(color).lower() if color else None, "private": space.private}
    return Node((("space", space.name),), attributes | _archived(space), space.id)


def _folder(folder: Folder, above: Path) -> Iterator[Node]:
    path: Path = (*above, ("folder", folder.name))
    yield Node(path, _archived(folder), folder.id)
    yield from _statuses(map(Status.parse, folder.raw.get("statuses") or ()), path)
    for inner in folder.lists:
        yield _list(inner, path)


def _list(list_: TaskList, above: Path) -> Node:
    attributes = {"description": list_.content} | _archived(list_)
    return Node((*above, ("list", list_.name)), attributes, list_.id)


def _archived(place: Space | Folder | TaskList) -> JsonTable:
    """Archived places are only met by id."""
    return {"archived": True} if place.archived else {}


def _statuses(statuses: Iterable[Status], above: Path) -> list[Node]:
    return [
        Node(
            (*above, ("status", status.name)),
            {"type": status.kind} | ({"color": status.color.lower()} if status.color else {}),
            status.id or status.name,
        )
        for status in statuses
    ]


def _view(view: View, above: Path, definitions: Iterable[FieldDefinition]) -> Node:
    if view.type == "form":
        return Node((*above, ("form", view.name)), {}, view.id)
    return Node((*above, ("view", view.name)), views.from_wire(view.raw, definitions), view.id)


def _tasks(tasks: Sequence[Task], lists: Mapping[str, Path]) -> list[Node]:
    by_id = {task.id: task for task in tasks}

    def above(task: Task) -> Path:
        parent = by_id.get(task.parent_id or "")
        return (*above(parent), ("task", parent.name)) if parent else lists[task.list_id]

    # Oldest first: of two tasks with one name the first is meant.
    return [_task(task, above(task)) for task in sorted(tasks, key=lambda task: task.created_ms)]


def _task(task: Task, above: Path) -> Node:
    text = task.markdown if task.markdown is not None else task.text
    values = {field.name: field.read() for field in task.fields if field.value is not None}
    return Node((*above, ("task", task.name)), {"description": text, "fields": values}, task.id)


def _pages(pages: Iterable[Page], above: Path, *, texts: bool) -> Iterator[Node]:
    for page in pages:
        path: Path = (*above, ("page", page.name))
        yield Node(path, {"content": page.content} if texts else {}, page.id)
        yield from _pages(page.pages, path, texts=texts)


def _location(channel: Channel) -> str:
    return str((channel.raw.get("parent") or {}).get("id") or "")


def _private(channel: Channel) -> JsonTable:
    return {"private": True} if channel.raw.get("visibility") == "PRIVATE" else {}


def _events(webhook: Webhook) -> list[str]:
    return ["*"] if len(webhook.events) >= ALL_EVENTS else sorted(webhook.events)


def _where(webhook: Webhook) -> str:
    return webhook.list_id or webhook.folder_id or webhook.space_id or ""
