"""The Lists that a mapping fills, found by name in the workspace."""

from collections.abc import Iterable, Iterator

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.hierarchy import TaskList
from clickup_mlops.features.migration.mapping.model import BoardTable, Mapping, Place
from clickup_mlops.features.migration.records import Item


def place_of(table: BoardTable, item: Item) -> Place | None:
    """Where the item's task must be, in lower case; None: its parent or nobody says."""
    if item.parent_id is not None:
        return None
    if table.groups != "lists":
        return _folded((table.place.space, table.place.folder, table.place.list))
    name = table.group_names.get(item.group_id)
    return _folded((table.place.space, table.place.folder, name)) if name else None


def find(clickup: ClickUp, team_id: str, mapping: Mapping) -> dict[str, Place]:
    """The Lists' places by their ids. Three calls, and one for each Space. Raises ApiError."""
    paths = {_folded(place) for table in mapping.boards.values() for place in table.lists}
    spaces = {space for space, _, _ in paths}
    places: dict[str, Place] = {}
    for space in clickup.spaces.all(team_id):
        if space.name.casefold() in spaces:
            places |= _places(space.name, "", clickup.lists.of_space(space.id))
            for folder in clickup.folders.of_space(space.id):
                places |= _places(space.name, folder.name, folder.lists)
    return {list_id: place for list_id, place in places.items() if place in paths}


def missing(mapping: Mapping, existing: dict[str, Place]) -> Iterator[Place]:
    """The places that are not there."""
    for table in mapping.boards.values():
        yield from (place for place in table.lists if _folded(place) not in existing.values())


def format_place(place: Place) -> str:
    """As people read it."""
    return " / ".join(part for part in place if part)


def _places(space: str, folder: str, lists: Iterable[TaskList]) -> dict[str, Place]:
    return {list_.id: _folded((space, folder, list_.name)) for list_ in lists}


def _folded(place: Place) -> Place:
    space, folder, name = (part.casefold() for part in place)
    return space, folder, name
