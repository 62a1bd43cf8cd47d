"""Mirror: a value of a connected item."""

from typing import Final

from clickup_mlops.features.migration.columns._build import SHORT_TEXT
from clickup_mlops.features.migration.columns._model import Converted, Loss
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._snapshot import LIVE, snapshot
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("mirror", "Model of the deal", "mirror")

COLUMN = snapshot(
    "A text field with what the connected items show now.",
    (SHORT_TEXT,),
    samples=(
        sample(
            _COLUMN,
            "Llama 4",
            "field:short_text",
            Converted(value="Llama 4", losses=(Loss(LIVE, "Llama 4"),)),
        ),
    ),
)
