"""Auto number: the item's position in its board."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING, SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("auto_number", "No.", "auto_number")

COLUMN = plain(
    "A text field: ClickUp numbers tasks by its own.",
    (SHORT_TEXT, NOTHING),
    sample(_COLUMN, "17", "field:short_text", Converted(value="17")),
)
