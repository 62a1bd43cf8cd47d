"""Status: one of a column's labels."""

import re
from typing import Final

from clickup_mlops.features.migration.columns import _options
from clickup_mlops.features.migration.columns._build import as_lines, column_type, one_of
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column, Option

NO_PRIORITY: Final = "a priority that ClickUp does not have: kept in the description"
OWN_NAME: Final = "the priority's own name: ClickUp has urgent, high, normal and low"
_PRIORITY: Final = re.compile(r"\b(priority|prio|urgency)\b", re.IGNORECASE)


def _targets(column: Column) -> tuple[Target, ...]:
    options = _options.choices(column)
    status, field = Target("status", options=options), Target("field", "drop_down", options)
    if _PRIORITY.search(column.title) and _options.priorities(column):
        return (Target("priority"), field, status)
    is_main = column.title.strip().casefold() == "status" or column.id == "status"
    places = (status, field) if is_main else (field, status)
    return (*places, Target("priority")) if options else ()


def _words(cell: Cell, column: Column, _lookup: Lookup) -> str:
    option = _options.option_of(column, one_of("a status", cell.value))
    return option.name if option else cell.text or cell.value


def _status(cell: Cell, column: Column, choice: Choice, lookup: Lookup) -> Converted:
    name = _options.name_of(column, choice, one_of("a status", cell.value))
    return Converted({"status": name}) if name else _unknown(cell, column, lookup)


def _drop_down(cell: Cell, column: Column, choice: Choice, lookup: Lookup) -> Converted:
    name = _options.name_of(column, choice, one_of("a status", cell.value))
    return Converted(value=name) if name else _unknown(cell, column, lookup)


def _priority(cell: Cell, column: Column, choice: Choice, lookup: Lookup) -> Converted:
    words = _words(cell, column, lookup)
    meaning = choice.options.get(cell.value) or _options.priorities(column).get(cell.value, "")
    priority = _options.PRIORITIES.get(meaning.strip().casefold())
    if priority is None:
        return as_lines(column, words, *([Loss(NO_PRIORITY, words)] if words.strip() else []))
    is_same = words.strip().casefold() == meaning.strip().casefold()
    return Converted({"priority": priority}, losses=() if is_same else (Loss(OWN_NAME, words),))


def _unknown(cell: Cell, column: Column, lookup: Lookup) -> Converted:
    option = _options.option_of(column, cell.value)
    if option and not option.name.strip():
        return Converted()  # the label that stands for none
    words = _words(cell, column, lookup)
    return as_lines(column, words, Loss(_options.UNKNOWN, words))


_OPTIONS: Final = (Option("0", "Working on it", "#fdab3d"), Option("1", "Done", "#00c875", True))
_COLUMN: Final = Column("status", "Status", "status", options=_OPTIONS)
_PRIORITIES: Final = Column("c1", "Priority", "status", options=(Option("0", "Critical ⚠️"),))

COLUMN = column_type(
    "The task's status, a drop-down field or the priority. Labels keep their names and colours, "
    "also those that nobody can choose any more.",
    _targets,
    _words,
    slots={"status": _status, "priority": _priority},
    field_types={"drop_down": _drop_down},
    losses=(_options.UNKNOWN, NO_PRIORITY, OWN_NAME),
    samples=(
        sample(_COLUMN, "1", "status", Converted({"status": "Done"})),
        sample(_COLUMN, "0", "field:drop_down", Converted(value="Working on it")),
        sample(
            _PRIORITIES,
            "0",
            "priority",
            Converted({"priority": 1}, losses=(Loss(OWN_NAME, "Critical ⚠️"),)),
        ),
    ),
)
