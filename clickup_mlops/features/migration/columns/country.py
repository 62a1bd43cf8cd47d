"""Country."""

from typing import Final

from clickup_mlops.features.migration.columns._build import SHORT_TEXT, column_type
from clickup_mlops.features.migration.columns._model import Converted, Lookup
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    name, code = str(cell.value.get("name") or ""), str(cell.value.get("code") or "")
    return f"{name} ({code})" if name and code else name or code


_COLUMN: Final = Column("country", "Country", "country")

COLUMN = column_type(
    "A text field with the country's name and code.",
    (SHORT_TEXT,),
    _words,
    samples=(
        sample(
            _COLUMN,
            {"code": "US", "name": "United States"},
            "field:short_text",
            Converted(value="United States (US)"),
        ),
    ),
)
