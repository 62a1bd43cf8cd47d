"""Where the mapping's places are in ClickUp: Lists by path, with their fields.

Read once and kept: one call for the Spaces, two for each Space in use, one for the fields of each
List and, to check before a run, one for its statuses.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from clickup_mlops.clickup.fields import read_option_label
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.mapping.model import (
    GROUP_FIELD,
    BoardTable,
    ColumnTable,
    Mapping,
)

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.hierarchy import Folder, Space, TaskList
    from clickup_mlops.clickup.model import FieldDefinition

Path = tuple[str, ...]
"""Names of Space, Folder (if there is one) and List."""
HINT: Final = (
    "`clickup-mlops migrate provision` creates it or says how people can; `run --create-places` "
    "creates Folders and Lists only."
)
_WITH_OPTIONS: Final = ("drop_down", "labels")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


@dataclass(frozen=True, slots=True)
class Place:
    """A List and its custom fields by name."""

    path: Path
    list_id: str
    fields: ReadOnly[str, "FieldDefinition"] = field(default_factory=dict)


def show(path: Path) -> str:
    """A path to read."""
    return " / ".join(path)


def paths(table: BoardTable) -> tuple[Path, ...]:
    """The Lists that a board's items go to: one, or one for each group."""
    place = table.place
    above = (place.space, place.folder) if place.folder else (place.space,)
    if table.groups == "lists":
        names = dict.fromkeys(table.group_names.values())
        return tuple((*above, name) for name in names)
    return ((*above, place.list),)


class Places:
    """The live Lists of a workspace. Raises errors of the client."""

    def __init__(self, clickup: "ClickUp", team_id: str) -> None:
        self._clickup, self._team_id = clickup, team_id
        self._spaces: tuple[Space, ...] | None = None
        self._inside: dict[str, tuple[tuple[Folder, ...], tuple[TaskList, ...]]] = {}
        self._places: dict[Path, Place] = {}

    def of(self, path: Path) -> Place:
        """A List with its fields. Raises InputError if it is not there."""
        if path not in self._places:
            list_ = self.find(path)
            if list_ is None:
                raise InputError(f'there is no List "{show(path)}" in ClickUp', hint=HINT)
            fields = self._clickup.fields.of_list(list_.id)
            self._places[path] = Place(path, list_.id, {field.name: field for field in fields})
        return self._places[path]

    def by_list(self, list_id: str) -> Place:
        """A List by its id, also one that no path of the mapping names."""
        for place in self._places.values():
            if place.list_id == list_id:
                return place
        fields = self._clickup.fields.of_list(list_id)
        place = Place((list_id,), list_id, {field.name: field for field in fields})
        self._places[place.path] = place
        return place

    def find(self, path: Path) -> "TaskList | None":
        """The List of a path; None: it is not there."""
        space = self._space(path[0])
        if space is None:
            return None
        folders, lists = self._in(space.id)
        if len(path) == 2:
            return _named(lists, path[1])
        folder = _named(folders, path[1])
        return _named(folder.lists, path[2]) if folder else None

    def create(self, path: Path) -> Iterator[tuple[Path, str]]:
        """Create what is missing of a Folder and List; gives path and id of each.

        Raises:
            InputError: the Space is missing: it needs settings, and is made by provisioning.
        """
        space = self._space(path[0])
        if space is None:
            raise InputError(f'there is no Space "{path[0]}" in ClickUp', hint=HINT)
        folder_id = None
        if len(path) == 3:
            folder = _named(self._in(space.id)[0], path[1])
            if folder is None:
                folder = self._clickup.folders.create(space.id, path[1])
                yield path[:2], folder.id
            folder_id = folder.id
        if self.find(path) is None:
            list_ = self._clickup.lists.create(path[-1], space_id=space.id, folder_id=folder_id)
            yield path, list_.id
        self._inside.pop(space.id)

    def statuses(self, path: Path) -> tuple[str, ...]:
        """The names of the statuses that tasks of the List can have."""
        list_ = self._clickup.lists.get(self.of(path).list_id)
        return tuple(status.name for status in list_.statuses)

    def _space(self, name: str) -> "Space | None":
        if self._spaces is None:
            self._spaces = self._clickup.spaces.all(self._team_id)
        return _named(self._spaces, name)

    def _in(self, space_id: str) -> "tuple[tuple[Folder, ...], tuple[TaskList, ...]]":
        if space_id not in self._inside:
            folders = self._clickup.folders.of_space(space_id)
            self._inside[space_id] = folders, self._clickup.lists.of_space(space_id)
        return self._inside[space_id]


def _named(candidates: Sequence[N], name: str) -> N | None:
    """By its exact name, else in any case."""
    for candidate in candidates:
        if candidate.name == name:
            return candidate
    folded = name.strip().casefold()
    return next(
        (candidate for candidate in candidates if candidate.name.strip().casefold() == folded), None
    )


def missing(places: Places, mapping: Mapping) -> list[str]:
    """What the mapping names and ClickUp lacks: Lists, fields, their types, options, statuses."""
    names: dict[str, None] = {}
    for table in mapping.boards.values():
        for path in paths(table):
            names |= dict.fromkeys(_missing_at(places, path, table, mapping))
    return list(names)


def check(places: Places, mapping: Mapping) -> None:
    """Refuse a mapping whose places are not complete. Raises InputError that names all of it."""
    problems = missing(places, mapping)
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise InputError(f"ClickUp lacks what the mapping names:{lines}", hint=HINT)


def _missing_at(places: Places, path: Path, table: BoardTable, mapping: Mapping) -> Iterator[str]:
    if places.find(path) is None:
        yield f'List "{show(path)}"'
        return
    place = places.of(path)
    if mapping.id_field and mapping.id_field not in place.fields:
        yield f'field "{mapping.id_field}" (short_text) in "{show(path)}"'
    columns = [*table.columns.values(), *table.subitem_columns.values()]
    for column in columns:
        yield from _missing_field(place, column)
    if table.groups == "field":
        names = table.group_names.values()
        yield from _missing_options(place, GROUP_FIELD, "drop_down", names)
    yield from _missing_statuses(places, path, table, columns)


def _missing_field(place: Place, column: ColumnTable) -> Iterator[str]:
    if column.to == "field":
        yield from _missing_options(place, column.field, column.field_type, column.options.values())


def _missing_options(
    place: Place, name: str, kind: str, option_names: Iterable[str]
) -> Iterator[str]:
    where = f'"{show(place.path)}"'
    field = place.fields.get(name)
    if field is None:
        yield f'field "{name}" ({kind}) in {where}'
    elif field.type != kind:
        yield f'field "{name}" of type {kind} in {where}: there it is {field.type}'
    elif kind in _WITH_OPTIONS:
        existing = {
            read_option_label(option).casefold()
            for option in field.type_config.get("options") or ()
        }
        for option in dict.fromkeys(option_names):
            if option.strip().casefold() not in existing:
                yield f'option "{option}" of the field "{name}" in {where}'


def _missing_statuses(
    places: Places, path: Path, table: BoardTable, columns: Sequence[ColumnTable]
) -> Iterator[str]:
    named = [
        status_name
        for column in columns
        if column.to == "status"
        for status_name in column.options.values()
    ]
    if table.groups == "status":
        named += table.group_names.values()
    if not named:
        return
    existing = {status.casefold() for status in places.statuses(path)}
    for status_name in dict.fromkeys(named):
        if status_name.casefold() not in existing:
            yield f'status "{status_name}" in "{show(path)}"'
