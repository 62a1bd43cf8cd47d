"""Text of many lines."""

from typing import Final

from clickup_mlops.features.migration.columns._build import DESCRIPTION, LONG_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("long_text", "Details", "long_text")

COLUMN = plain(
    "A text-area field, or a part of the description.",
    (LONG_TEXT, DESCRIPTION),
    sample(_COLUMN, "a_b\n# c", "description", Converted(lines=("**Details:**", "a\\_b", "\\# c"))),
)
