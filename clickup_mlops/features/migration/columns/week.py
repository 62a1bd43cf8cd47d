"""Week: its first and last day."""

from typing import Final

from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._periods import period_type
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("week", "Week", "week")

COLUMN = period_type(
    "Start and due date: the week's first and last day.",
    (
        sample(
            _COLUMN,
            {"from": "2026-01-05", "to": "2026-01-11"},
            "dates",
            Converted(
                {"start_ms": 1767607200000, "due_ms": 1768125600000, "dates_have_time": False}
            ),
        ),
    ),
)
