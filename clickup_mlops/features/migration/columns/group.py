"""The item's group."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING, SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("group", "Group", "group")

COLUMN = plain(
    "Left out: the mapping says what becomes of groups.",
    (NOTHING, SHORT_TEXT),
    sample(_COLUMN, "Backlog", "none", Converted()),
    kept_elsewhere=True,
)
