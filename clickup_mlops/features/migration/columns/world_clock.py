"""World clock: a time zone."""

from typing import Final

from clickup_mlops.features.migration.columns._build import SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("world_clock", "Zone", "world_clock")

COLUMN = plain(
    "A text field with the zone's name.",
    (SHORT_TEXT,),
    sample(_COLUMN, "Europe/London", "field:short_text", Converted(value="Europe/London")),
)
