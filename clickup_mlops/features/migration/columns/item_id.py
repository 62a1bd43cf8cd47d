"""The item's id."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING, SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("item_id", "Item ID", "item_id")

COLUMN = plain(
    "Left out: the field for the source's id has it.",
    (NOTHING, SHORT_TEXT),
    sample(_COLUMN, "8137", "none", Converted()),
    kept_elsewhere=True,
)
