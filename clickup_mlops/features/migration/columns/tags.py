"""Tags."""

from typing import Final

from clickup_mlops.features.migration.columns import _tags
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return ", ".join(_names(cell))


def _convert(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return _tags.tags(_names(cell))


def _names(cell: Cell) -> list[str]:
    if not isinstance(cell.value, list):
        raise TypeError(f"tags are not a list: {cell.value!r:.60}")
    return [str(name) for name in cell.value]


_COLUMN: Final = Column("tags", "Tags", "tags")

COLUMN = column_type(
    "The task's tags, which belong to its Space.",
    (Target("tags"),),
    _words,
    slots={"tags": _convert},
    losses=(_tags.CASE,),
    samples=(
        sample(
            _COLUMN,
            ["vLLM", "oom"],
            "tags",
            Converted({"tags": ["vllm", "oom"]}, losses=(Loss(_tags.CASE, "vLLM"),)),
        ),
    ),
)
