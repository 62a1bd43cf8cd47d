"""E-mail address."""

from typing import Final

from clickup_mlops.features.migration.columns._addresses import LABEL, address, labelled
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column

REFUSED: Final = "not an e-mail address as ClickUp wants it: kept in the description"


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    return labelled(*_parts(cell))


def _convert(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return address(column, "email", *_parts(cell), REFUSED)


def _parts(cell: Cell) -> tuple[str, str]:
    value = cell.value
    return str(value.get("email") or "").strip(), str(value.get("text") or "").strip()


_COLUMN: Final = Column("mail", "Contact", "email")

COLUMN = column_type(
    "An e-mail field; what is no address is kept in the description.",
    (Target("field", "email"),),
    _words,
    field_types={"email": _convert},
    losses=(LABEL, REFUSED),
    samples=(
        sample(
            _COLUMN,
            {"email": "ann@example.org", "text": "Ann"},
            "field:email",
            Converted(value="ann@example.org", losses=(Loss(LABEL, "Ann"),)),
        ),
    ),
)
