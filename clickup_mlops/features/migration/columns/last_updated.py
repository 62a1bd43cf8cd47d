"""Last updated: when and by whom the item was changed last."""

from typing import Final

from clickup_mlops.features.migration.columns._events import event_type
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("last_updated", "Changed", "last_updated")

COLUMN = event_type(
    "A line in the description, or a date or people field: "
    "ClickUp's own date of change is that of the move.",
    sample(
        _COLUMN,
        {"at_ms": 1780304400000, "person": "1"},
        "description",
        Converted(lines=("**Changed:** 2026-06-01 09:00 UTC, Ann Lee",)),
    ),
)
