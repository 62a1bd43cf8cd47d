"""Direct doc: a document that opens from the item."""

from typing import Final

from clickup_mlops.features.migration.columns._docs import doc_type
from clickup_mlops.features.migration.columns._links import CONTENT
from clickup_mlops.features.migration.columns._model import Converted, Loss
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Column

_COLUMN: Final = Column("direct_doc", "Design", "direct_doc")
_ADDRESS: Final = "https://acme.monday.com/docs/5"

COLUMN = doc_type(
    "A link in the description, or a website field. The document itself stays in the source.",
    sample(
        _COLUMN,
        {"doc": "5", "url": _ADDRESS},
        "description",
        Converted(
            lines=(f"**Design:** [document 5]({_ADDRESS})",), losses=(Loss(CONTENT, _ADDRESS),)
        ),
    ),
)
