"""Dependency: the items that an item waits for."""

from typing import Any, Final

from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.steps import AddDependency

KIND: Final = "how tasks depend on each other: ClickUp only has that one waits for another's end"
LAG: Final = "the days between two dependent tasks"
FINISH_TO_START: Final = "FS"


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return ", ".join(_format_entry(entry) for entry in cell.value)


def _convert(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    entries = cell.value
    item_ids = dict.fromkeys(str(entry["item"]) for entry in entries)
    return Converted(
        deferred=tuple(AddDependency("", item_id) for item_id in item_ids),
        losses=(
            *(
                Loss(KIND, _format_entry(entry))
                for entry in entries
                if _kind(entry) != FINISH_TO_START
            ),
            *(Loss(LAG, _format_entry(entry)) for entry in entries if entry.get("lag_days")),
        ),
    )


def _format_entry(entry: Any) -> str:
    lag = entry.get("lag_days") or 0
    return f"item {entry['item']} ({_kind(entry)}{f', {lag} days' if lag else ''})"


def _kind(entry: Any) -> str:
    return str(entry.get("type") or FINISH_TO_START)


_COLUMN: Final = Column("dependency", "Depends on", "dependency")

COLUMN = column_type(
    "Dependencies: the task waits for others.",
    (Target("dependencies"),),
    _words,
    slots={"dependencies": _convert},
    losses=(KIND, LAG),
    samples=(
        sample(
            _COLUMN,
            [{"item": "12", "type": "SS", "lag_days": 0}],
            "dependencies",
            Converted(deferred=(AddDependency("", "12"),), losses=(Loss(KIND, "item 12 (SS)"),)),
        ),
    ),
)
