"""The item's subitems."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("subtasks", "Subitems", "subtasks")

COLUMN = plain(
    "Left out: they become subtasks.",
    (NOTHING,),
    sample(_COLUMN, "Bench, Tune", "none", Converted()),
    kept_elsewhere=True,
)
