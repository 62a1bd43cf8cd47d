"""People and teams."""

from typing import Final

from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._people import NO_ACCOUNT, people_type
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("owner", "Owner", "people")
_ANN: Final = {"id": "1", "kind": "person"}
_BO: Final = {"id": "2", "kind": "person"}

COLUMN = people_type(
    "The task's assignees, or a people field. Teams become their members; who has no account in "
    "ClickUp is named in the description.",
    (Target("assignees"), Target("field", "users")),
    (
        sample(_COLUMN, [_ANN], "assignees", Converted({"assignees": [101]})),
        sample(
            _COLUMN,
            [_ANN, _BO],
            "field:users",
            Converted(
                value=[101], lines=("**Owner:** Bo Ito",), losses=(Loss(NO_ACCOUNT, "Bo Ito"),)
            ),
        ),
    ),
)
