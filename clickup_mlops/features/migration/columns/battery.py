"""Battery: how many of the subitems have which status."""

from typing import Final

from clickup_mlops.features.migration.columns._build import NOTHING, SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted, Loss
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._snapshot import LIVE, snapshot
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("battery", "Status", "battery")

COLUMN = snapshot(
    "Left out by default: the subtasks have their statuses.",
    (NOTHING, SHORT_TEXT),
    samples=(
        sample(
            _COLUMN,
            "Done 3, Stuck 1",
            "description",
            Converted(
                lines=("**Status:** Done 3, Stuck 1",), losses=(Loss(LIVE, "Done 3, Stuck 1"),)
            ),
        ),
    ),
)
