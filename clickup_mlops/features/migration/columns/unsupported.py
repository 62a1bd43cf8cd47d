"""What the source has no words for."""

from typing import Final

from clickup_mlops.features.migration.columns._build import DESCRIPTION
from clickup_mlops.features.migration.columns._model import Converted
from clickup_mlops.features.migration.columns._plain import plain
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("unsupported", "Gadget", "unsupported")

COLUMN = plain(
    "The text that the source shows, in the description.",
    (DESCRIPTION,),
    sample(_COLUMN, "on", "description", Converted(lines=("**Gadget:** on",))),
)
