"""Hour: a time of day."""

from datetime import time
from typing import Final

from clickup_mlops.features.migration.columns._build import SHORT_TEXT, column_type
from clickup_mlops.features.migration.columns._model import Converted, Lookup
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return f"{time(cell.value['hour'], cell.value['minute']):%H:%M}"


_COLUMN: Final = Column("hour", "Batch starts", "hour")

COLUMN = column_type(
    "A text field, such as 16:42.",
    (SHORT_TEXT,),
    _words,
    samples=(
        sample(_COLUMN, {"hour": 16, "minute": 42}, "field:short_text", Converted(value="16:42")),
    ),
)
