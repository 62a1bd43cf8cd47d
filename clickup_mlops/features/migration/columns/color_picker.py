"""Colour picker."""

from typing import Final

from clickup_mlops.features.migration.columns._build import SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("color_picker", "Colour", "color_picker")

COLUMN = plain(
    "A text field with the colour's code: ClickUp has no field for colours.",
    (SHORT_TEXT,),
    sample(_COLUMN, "#ff5733", "field:short_text", Converted(value="#ff5733")),
)
