"""Progress: how many of the item's statuses are done."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING, SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._snapshot import LIVE, snapshot
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("progress", "Progress", "progress")

COLUMN = snapshot(
    "Left out by default: ClickUp computes a task's progress by itself.",
    (NOTHING, SHORT_TEXT, Target("field", "number")),
    samples=(
        sample(
            _COLUMN,
            "75%",
            "description",
            Converted(lines=("**Progress:** 75%",), losses=(Loss(LIVE, "75%"),)),
        ),
    ),
)
