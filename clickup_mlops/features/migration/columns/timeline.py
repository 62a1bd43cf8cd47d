"""Timeline: from one day to another."""

from typing import Final

from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._periods import period_type
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("timeline", "Timeline", "timeline")
_MARCH: Final = {"from": "2026-03-01", "to": "2026-03-15"}
_DATES: Final = {
    "start_ms": 1772359200000,
    "due_ms": 1773568800000,
    "dates_have_time": False,
}

COLUMN = period_type(
    "Start and due date; a milestone becomes a task of the type Milestone.",
    (
        sample(_COLUMN, _MARCH, "dates", Converted(_DATES)),
        sample(
            _COLUMN, {**_MARCH, "milestone": True}, "dates", Converted({**_DATES, "type_id": 1})
        ),
        sample(_COLUMN, _MARCH, "field:short_text", Converted(value="2026-03-01 to 2026-03-15")),
    ),
)
