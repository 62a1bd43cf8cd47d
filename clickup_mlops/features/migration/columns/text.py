"""Text of one line."""

from typing import Final

from clickup_mlops.features.migration.columns._build import LONG_TEXT, SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("text", "Note", "text")

COLUMN = plain(
    "A text field.",
    (SHORT_TEXT, LONG_TEXT),
    sample(_COLUMN, "57 lenox ave", "field:short_text", Converted(value="57 lenox ave")),
)
