"""The first proposal for the columns of a board. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from clickup_mlops.features.migration.columns import _options as _names
from clickup_mlops.features.migration.columns._build import LEFT_OUT
from clickup_mlops.features.migration.columns._dates import SHOWN_TIME
from clickup_mlops.features.migration.columns._model import ColumnType, Slot, Target
from clickup_mlops.features.migration.columns.status import NO_PRIORITY, OWN_NAME
from clickup_mlops.features.migration.mapping import words
from clickup_mlops.features.migration.mapping.check import ONLY_ONE
from clickup_mlops.features.migration.mapping.gaps import NAME
from clickup_mlops.features.migration.mapping.model import ColumnTable
from clickup_mlops.features.migration.mapping.samples import BoardSample
from clickup_mlops.features.migration.records import Column
from clickup_mlops.features.provisioning.fields import WITH_OPTIONS
from clickup_mlops.features.provisioning.tree import fold_name

UNKNOWN: Final = "unsupported"
"""The column type that unknown ones are treated as."""

_ONLY_FOR: Final[Mapping[str, Slot]] = {
    NO_PRIORITY: "priority",
    OWN_NAME: "priority",
    SHOWN_TIME: "field",
}
"""Losses that only one place of several has."""


_QUESTIONS: Final[Mapping[str, str]] = {
    "due": 'Is this the due date? No column is named like one: `to = "due"`.',
    "status": 'Is this the status? No column has its name and values: `to = "status"`.',
}
"""What the author is asked about a column that may be native, by slot."""


@dataclass
class Names:
    """The custom fields of a List so far: name and type by folded name."""

    used: dict[str, tuple[str, str]] = field(default_factory=dict)

    def field(self, title: str, field_type: str, siblings: set[str]) -> str:
        """A name for a column's field. One that is there is shared if it has the type and is not in
        `own`, the names of the columns beside this one.
        """
        name, number = words.clean(title) or field_type, 1
        if fold_name(name) not in self.used:
            name = self._synonym(name, field_type, siblings) or name
        while not self._is_free(name, field_type, siblings):
            number += 1
            end = f" {number}"
            name = (words.clean(title) or field_type)[: words.LONGEST_NAME - len(end)] + end
        siblings.add(fold_name(name))
        # A shared field is spelled in one way.
        return self.used.setdefault(fold_name(name), (name, field_type))[0]

    def _synonym(self, title: str, field_type: str, siblings: set[str]) -> str:
        """The name of a field that is there and means the same; empty: there is none."""
        meaning = words.find_meaning(title)
        names = (name for name, type_ in self.used.values() if type_ == field_type)
        return next(
            (
                name
                for name in names
                if words.find_meaning(name) == meaning and fold_name(name) not in siblings
            ),
            "",
        )

    def _is_free(self, name: str, field_type: str, siblings: set[str]) -> bool:
        _, existing_type = self.used.get(fold_name(name), ("", field_type))
        return fold_name(name) not in siblings and existing_type == field_type


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column of the mapping, and what its author should know."""

    id: str
    table: ColumnTable
    notes: tuple[str, ...]


def propose(
    columns: Sequence[Column], types: Mapping[str, ColumnType], names: Names, *, status: bool
) -> Iterator[Proposal]:
    """Every column but that of the names. `status`: one may become the List's statuses."""
    real = [candidate for candidate in columns if candidate.type != NAME]
    native = _native(real, types, status=status)
    siblings: set[str] = set()
    open_slots = {"due", *(["status"] if status else [])} - set(native.values())
    if "dates" in native.values():
        open_slots.discard("due")
    for column in real:
        slot = native.get(column.id)
        aim = Target(slot) if slot else _first_fitting(column, _targets(column, types))
        proposal = _proposal(column, types, aim, names, siblings)
        possible = {target.slot for target in _targets(column, types)} & open_slots
        yield replace(proposal, notes=(*proposal.notes, *map(_QUESTIONS.__getitem__, possible)))


def without_values(proposal: Proposal, sample: BoardSample) -> Proposal:
    """The proposal; that of a field is left out if no item has a value for it."""
    if proposal.table.to != "field" or not sample.is_empty(proposal.id):
        return proposal
    note = 'No item has a value. To have the field all the same: `to = "field"`.'
    empty = {"to": "none", "because": "no item has a value"}
    return replace(proposal, table=proposal.table.model_copy(update=empty), notes=(note,))


# Which column becomes which attribute of the task


def _native(
    columns: Sequence[Column], types: Mapping[str, ColumnType], *, status: bool
) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}

    def claim(slot: Slot, *preferred: Callable[[Column], bool]) -> bool:
        fitting = [
            column
            for column in columns
            if column.id not in slots and slot in {t.slot for t in _targets(column, types)}
        ]
        chosen = _preferred(fitting, preferred)
        if chosen is not None:
            slots[chosen.id] = slot
        return chosen is not None

    claim("priority", _is_priority)
    if status:
        claim("status", _is_status, _has_states)
    claim("assignees", lambda column: words.is_owner(column.title), _any)
    if not claim("dates", _any):
        claim("due", lambda column: words.is_due(column.title))
        claim("start", lambda column: words.is_start(column.title))
    return slots


def _preferred(
    fitting: Sequence[Column], tests: Sequence[Callable[[Column], bool]]
) -> Column | None:
    """The first column that passes the first test that any passes."""
    return next((column for test in tests for column in fitting if test(column)), None)


def _any(_: Column) -> bool:
    return True


def _is_priority(column: Column) -> bool:
    """Only if each option means one of ClickUp's four: nothing is to be guessed."""
    priorities = _names.priorities(column)
    named = [option.key for option in column.options if words.clean(option.name)]
    return (
        words.is_priority(column.title) and bool(named) and all(key in priorities for key in named)
    )


def _is_status(column: Column) -> bool:
    """By its title; if that may mean something else (a federal state), by its values too."""
    if not words.is_status(column.title) or not _has_options(column):
        return False
    return words.is_plainly_status(column.title) or any(
        words.is_state(option.name) for option in column.options
    )


def _has_states(column: Column) -> bool:
    """By its values: work that is open and work that is finished. Every status column of Monday.com
    marks an option as done, also one that holds regions.
    """
    names = [option.name for option in column.options]
    return any(map(words.is_open, names)) and any(map(words.is_done, names))


def _has_options(column: Column) -> bool:
    return any(words.clean(option.name) for option in column.options)


# Where the others go


def _targets(column: Column, types: Mapping[str, ColumnType]) -> tuple[Target, ...]:
    column_type = types.get(column.type) or types.get(UNKNOWN)
    return column_type.targets(column) if column_type else ()


def _first_fitting(column: Column, targets: Sequence[Target]) -> Target:
    return next((target for target in targets if _fits(column, target)), Target("none"))


def _fits(column: Column, aim: Target) -> bool:
    """Whether several columns may go there, and a field that needs options has some."""
    if aim.slot == "field" and aim.type in WITH_OPTIONS:
        return _has_options(column) or (not column.options and bool(aim.options))
    return aim.slot not in ONLY_ONE


def _proposal(
    column: Column, types: Mapping[str, ColumnType], aim: Target, names: Names, siblings: set[str]
) -> Proposal:
    kind = column.type if column.type in types else UNKNOWN
    is_field = aim.slot == "field"
    title = words.clean(column.title) or column.id
    table = ColumnTable(
        title=title,
        type=kind,
        to=aim.slot,
        field=names.field(column.title, aim.type, siblings) if is_field else "",
        field_type=aim.type if is_field else "",
        options=_options(column, aim),
        because=_because(types.get(kind)) if aim.slot == "none" else "",
    )
    return Proposal(column.id, table, tuple(_notes(column, table, types.get(kind))))


def _options(column: Column, aim: Target) -> dict[str, str]:
    """Their names; no two alike, or they would become one."""
    if aim.slot == "priority":
        return _names.priorities(column)
    if aim.slot not in ("status", "tags") and aim.type not in WITH_OPTIONS:
        return {}
    names: set[str] = set()
    named = {option.key: words.clean(option.name) for option in column.options}
    return {key: words.unique(name, names) for key, name in named.items() if name}


def _because(kind: ColumnType | None) -> str:
    return kind.summary if kind else "ClickUp has nothing that holds it"


def _notes(column: Column, table: ColumnTable, kind: ColumnType | None) -> Iterator[str]:
    if table.type != column.type:
        yield f'The type "{column.type}" is not known: the text that the source shows is kept.'
    if table.to == "field" and fold_name(table.field) != fold_name(table.title):
        is_same = words.find_meaning(table.field) == words.find_meaning(table.title)
        yield (
            f'The template has this field as "{table.field}".'
            if is_same
            else f'Another field is called "{table.title}".'
        )
    if table.to == "description":
        yield "Kept in the task's description."
    if table.to == "status":
        yield 'Items without a value get the first status; `"" = "…"` in options names another.'
    if table.to != "none" and kind:
        yield from (f"May happen: {loss}." for loss in kind.losses if _concerns(loss, table))


def _concerns(loss: str, table: ColumnTable) -> bool:
    return loss != LEFT_OUT and _ONLY_FOR.get(loss, table.to) == table.to
