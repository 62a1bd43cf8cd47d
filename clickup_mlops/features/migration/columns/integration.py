"""Integration: an issue or another object of a connected tool."""

from typing import Final

from clickup_mlops.features.migration.columns._links import NOT_CONNECTED, link_type
from clickup_mlops.features.migration.columns._model import Converted, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("issue", "Issue", "integration")
_ADDRESS: Final = "https://github.com/acme/serving/issues/7"

COLUMN = link_type(
    "A website field with the object's address; it is not kept up to date any more.",
    (Target("field", "url"), Target("description")),
    loss=NOT_CONNECTED,
    samples=(
        sample(
            _COLUMN,
            {"url": _ADDRESS, "text": _ADDRESS},
            "field:url",
            Converted(value=_ADDRESS, losses=(Loss(NOT_CONNECTED, _ADDRESS),)),
        ),
    ),
)
