"""Person: the older form of a people column."""

from typing import Final

from clickup_mlops.features.migration.columns._model import Converted, Target
from clickup_mlops.features.migration.columns._people import people_type
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("person", "Person", "person")

COLUMN = people_type(
    "The task's assignees, or a people field.",
    (Target("assignees"), Target("field", "users")),
    (
        sample(
            _COLUMN,
            [{"id": "1", "kind": "person"}],
            "assignees",
            Converted({"assignees": [101]}),
        ),
    ),
)
