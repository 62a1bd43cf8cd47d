"""Formula."""

from typing import Final

from clickup_mlops.features.migration.columns._build import SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._snapshot import LIVE, snapshot
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("formula", "Cost per token", "formula")

COLUMN = snapshot(
    "A text or number field with the result of now; the formula itself is in the report.",
    (SHORT_TEXT, Target("field", "number")),
    samples=(
        sample(
            _COLUMN, "0.25", "field:number", Converted(value=0.25, losses=(Loss(LIVE, "0.25"),))
        ),
    ),
)
