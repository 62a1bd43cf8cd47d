"""The Lists that a mapping fills, found by name in the workspace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.hierarchy import Folder, TaskList
from clickup_mlops.migrate.mapping.model import BoardTable, Mapping
from clickup_mlops.migrate.records import Board, Item

Place = tuple[str, str, str]
"""Names of Space, Folder (empty: none) and List in lower case."""


def place_of(table: BoardTable, board: Board, item: Item) -> Place:
    """Where the item's task must be."""
    place, name = table.place, table.place.list
    if table.groups == "lists":
        title = next((one.title for one in board.groups if one.id == item.group_id), "")
        name = table.group_names.get(item.group_id, title)
    return place.space.casefold(), place.folder.casefold(), name.casefold()


@dataclass(frozen=True, slots=True)
class Lists:
    """The Lists of the Spaces and Folders that the mapping names, by place."""

    by_place: dict[Place, str]

    def place(self, list_id: str) -> Place | None:
        """Where a List is."""
        return next((place for place, one in self.by_place.items() if one == list_id), None)


def find(clickup: ClickUp, team_id: str, mapping: Mapping) -> Lists:
    """Of each Folder that the mapping names all Lists, else only the named ones.

    Three calls per Space. Raises ApiError.
    """
    spaces = {one.place.space.casefold() for one in mapping.boards.values()}
    found: dict[Place, str] = {}
    for space in clickup.spaces.all(team_id):
        if space.name.casefold() in spaces:
            folders = clickup.folders.of_space(space.id)
            found |= _places(space.name, "", clickup.lists.of_space(space.id))
            found |= dict(_in_folders(space.name, folders))
    wanted = set(_wanted(mapping))
    return Lists({place: one for place, one in found.items() if place in wanted or place[:2] in wanted})


def _in_folders(space: str, folders: Iterable[Folder]) -> Iterator[tuple[Place, str]]:
    for folder in folders:
        yield from _places(space, folder.name, folder.lists).items()


def _places(space: str, folder: str, lists: Iterable[TaskList]) -> dict[Place, str]:
    return {(space.casefold(), folder.casefold(), one.name.casefold()): one.id for one in lists}


def _wanted(mapping: Mapping) -> Iterator[tuple[str, ...]]:
    for table in mapping.boards.values():
        space, folder = table.place.space.casefold(), table.place.folder.casefold()
        if table.groups != "lists":
            yield space, folder, table.place.list.casefold()
        elif folder:
            yield space, folder
        for name in table.group_names.values() if table.groups == "lists" else ():
            yield space, folder, name.casefold()
