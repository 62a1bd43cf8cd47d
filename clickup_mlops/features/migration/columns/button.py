"""Button."""

from typing import Final

from clickup_mlops.features.migration.columns._build import DESCRIPTION, NOTHING
from clickup_mlops.features.migration.columns._model import Converted, Loss
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._snapshot import LIVE, snapshot
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("button", "Deploy", "button")

COLUMN = snapshot(
    "Left out by default: ClickUp's buttons and what they do are made by hand.",
    (NOTHING, DESCRIPTION),
    samples=(
        sample(
            _COLUMN,
            "Deploy",
            "description",
            Converted(lines=("**Deploy:** Deploy",), losses=(Loss(LIVE, "Deploy"),)),
        ),
    ),
)
