"""Team: the older form of a people column, for teams."""

from typing import Final

from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._people import TEAM, people_type
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("team", "Team", "team")

COLUMN = people_type(
    "A people field with the team's members; the team is named in the description.",
    (Target("field", "users"), Target("assignees")),
    (
        sample(
            _COLUMN,
            [{"id": "9", "kind": "team"}],
            "field:users",
            Converted(value=[101, 103], lines=("**Team:** Infra",), losses=(Loss(TEAM, "Infra"),)),
        ),
    ),
)
