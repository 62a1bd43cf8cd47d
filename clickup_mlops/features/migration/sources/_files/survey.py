"""What the first reading of a board finds: columns with types and options, groups, who is above
whom. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.features.migration.records import Board, Column, Group, Option
from clickup_mlops.features.migration.sources._files import inference
from clickup_mlops.features.migration.sources._files.entries import (
    Entry,
    Field,
    Problems,
    Raw,
    Table,
)
from clickup_mlops.features.migration.sources._files.inference import Profile
from clickup_mlops.features.migration.sources._files.people import People
from clickup_mlops.features.migration.sources._files.values import is_empty, names, text_of

_WITH_OPTIONS: Final = frozenset({"status", "dropdown"})


class Columns:
    """The columns of items, or of subitems."""

    def __init__(self) -> None:
        self._fields: dict[str, Field] = {}
        self._profiles: dict[str, Profile] = {}
        self._options: dict[str, dict[str, Option]] = {}

    def add(self, field: Field, raw: Raw, people: People) -> None:
        """Take a value; an empty one makes the column known."""
        column = self._fields.setdefault(field.id, field)
        if is_empty(raw):
            return
        if not column.type:
            self._profiles.setdefault(field.id, Profile()).add(column, raw)
        elif column.type in _WITH_OPTIONS:
            self._note_options(column, names(column, raw) if column.type == "dropdown" else [raw])
        elif column.type == "people":
            for name in names(column, raw):
                people.note(name)
        elif column.type == "time_tracking" and isinstance(raw, Mapping):
            for entry in raw["entries"]:
                people.note(entry["person"])

    def resolve(self, people: People) -> None:
        """Decide the types that were not known."""
        for id, field in self._fields.items():
            if field.type:
                continue
            profile = self._profiles.get(id, Profile())
            resolved = replace(field, type=profile.type(field.title, people))
            self._fields[id] = resolved
            if resolved.type in _WITH_OPTIONS:
                is_single = resolved.type == "status"
                self._note_options(resolved, list(profile.values if is_single else profile.parts))
            elif resolved.type == "people":
                for name in profile.parts:
                    people.note(name)

    def field(self, id: str) -> Field:
        """The column with its type."""
        return self._fields[id]

    def columns(self) -> tuple[Column, ...]:
        """As records, in the order of the file."""
        return tuple(
            Column(id, field.title, field.type, options=tuple(self._options.get(id, {}).values()))
            for id, field in self._fields.items()
        )

    def _note_options(self, field: Field, raws: Sequence[Raw]) -> None:
        by_key = self._options.setdefault(field.id, {})
        for raw in raws:
            option = raw if isinstance(raw, Option) else _option(field, text_of(raw).strip())
            if option.key not in by_key or (option.done and not by_key[option.key].done):
                by_key[option.key] = option


@dataclass(frozen=True, slots=True)
class Shape:
    """A board as far as a converter of its entries needs it.

    `parents`: item -> its parent, where that is in the file; `depths` of the same items, from 1.
    `in_order`: in the file, every parent stands before its subitems.
    """

    board: Board
    main: Columns
    own: Columns
    parents: Mapping[str, str]
    depths: Mapping[str, int]
    in_order: bool


class Survey:
    """Collects what a `Shape` is made from. Add every entry, then ask for the shape."""

    def __init__(self, table: Table, people: People) -> None:
        self._table, self._people = table, people
        self._main, self._own = Columns(), Columns()
        self._groups: dict[str, str] = dict(table.groups)
        self._ids: set[str] = set()
        self._parents: dict[str, str] = {}
        self._in_order = True
        self._count = 0

    def add(self, entry: Entry) -> None:
        """Take an entry."""
        self._ids.add(entry.id)
        if entry.group[0]:
            self._groups.setdefault(*entry.group)
        if entry.parent is None:
            self._count += 1
        else:
            self._parents[entry.id] = entry.parent
            self._in_order &= entry.parent in self._ids
        columns = self._own if entry.own_columns else self._main
        for field, raw in entry.raw:
            columns.add(field, raw, self._people)
        authors = (comment.author for comment in entry.comments)
        for person in (entry.creator, *entry.subscribers, *authors):
            self._people.note(person)

    def shape(self, problems: Problems) -> Shape:
        """Decides the types of columns; reports subitems without a parent."""
        self._main.resolve(self._people)
        self._own.resolve(self._people)
        parents = dict(_sound(self._parents, self._ids, problems))
        board = replace(
            self._table.board,
            columns=self._main.columns(),
            subitem_columns=self._own.columns(),
            groups=tuple(Group(id, title) for id, title in self._groups.items()),
            items=self._count + len(self._parents) - len(parents),
        )
        depths = {child: _depth(child, parents) for child in parents}
        return Shape(board, self._main, self._own, parents, depths, self._in_order)


def _option(field: Field, name: str) -> Option:
    return Option(name, name, done=name in field.done or inference.is_done(name))


def _sound(
    parents: Mapping[str, str], ids: set[str], problems: Problems
) -> Iterator[tuple[str, str]]:
    """The parents that exist, without circles."""
    cut: set[str] = set()
    for child, parent in parents.items():
        if parent not in ids:
            cut.add(child)
            reason = "is not on the board"
            problems.add(
                f"{child}: becomes an item, its parent {parent} {reason}", f"a parent {reason}"
            )
        elif _is_in_circle(child, parents, cut):
            cut.add(child)
            problems.add(f"{child}: becomes an item, it is above its own parent {parent}")
        else:
            yield child, parent


def _is_in_circle(child: str, parents: Mapping[str, str], cut: set[str]) -> bool:
    visited, at = {child}, parents[child]
    while at in parents and at not in cut and at not in visited:
        visited.add(at)
        at = parents[at]
    return at == child


def _depth(child: str, parents: Mapping[str, str]) -> int:
    depth, at = 0, child
    while at in parents:
        depth, at = depth + 1, parents[at]
    return depth
