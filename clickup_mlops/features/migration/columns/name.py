"""The item's name."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("name", "Name", "name")

COLUMN = plain(
    "Left out: it is the task's name.",
    (NOTHING,),
    sample(_COLUMN, "Tune vLLM", "none", Converted()),
    kept_elsewhere=True,
)
