"""Item assignees: all people of an item's people columns, computed by the source."""

from typing import Final

from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._people import AS_TEXT, people_type
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("all", "Everybody", "item_assignees")

COLUMN = people_type(
    "Left out by default: the people columns have the same people.",
    (Target("none"), Target("assignees"), Target("field", "users")),
    (
        sample(
            _COLUMN,
            "Ann Lee, Bo Ito",
            "assignees",
            Converted(
                lines=("**Everybody:** Ann Lee, Bo Ito",),
                losses=(Loss(AS_TEXT, "Ann Lee, Bo Ito"),),
            ),
        ),
    ),
)
