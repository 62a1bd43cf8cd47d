"""Checkbox."""

from typing import Final

from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return "yes" if _read(cell) else "no"


def _convert(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return Converted(value=_read(cell))


def _read(cell: Cell) -> bool:
    if not isinstance(cell.value, bool):
        raise TypeError(f"a checkbox is true or false, not {cell.value!r:.60}")
    return cell.value


_COLUMN: Final = Column("check", "Reviewed", "checkbox")

COLUMN = column_type(
    "A checkbox field.",
    (Target("field", "checkbox"),),
    _words,
    field_types={"checkbox": _convert},
    samples=(sample(_COLUMN, True, "field:checkbox", Converted(value=True)),),
)
