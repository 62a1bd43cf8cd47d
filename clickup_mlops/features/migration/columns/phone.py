"""Phone number."""

import re
from typing import Final

from clickup_mlops.features.migration.columns._build import as_lines, column_type, refused
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._phone_codes import CODES
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column

REFUSED: Final = "a phone number without a country code: kept in the description"
COUNTRY: Final = "the country shown beside a phone number"
_SHORTEST: Final = 6
"""Digits after the country code, in a number that has one."""


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    number, country = _parts(cell)
    return f"{number} ({country})" if country else number


def _convert(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    number, country = _parts(cell)
    full = _with_code(number, country)
    if not full or refused("phone", full):
        words = _words(cell, column, lookup)
        return as_lines(column, words, *([Loss(REFUSED, words)] if words else []))
    return Converted(value=full, losses=(Loss(COUNTRY, country),) if country else ())


def _with_code(number: str, country: str) -> str:
    """The number with `+` and country code; empty if it is not known whether it has one.

    A number without `+` may be a national one, and a wrong number is worse than none.
    """
    if number.startswith("+"):
        return number
    digits = re.sub(r"\D", "", number)
    code = CODES.get(country.upper(), "")
    # In North America a national number has ten digits, none begins with 1.
    if code and digits.startswith(code) and len(digits) - len(code) >= _SHORTEST:
        return f"+{number}"
    return ""


def _parts(cell: Cell) -> tuple[str, str]:
    value = cell.value
    return str(value.get("phone") or "").strip(), str(value.get("country") or "").strip()


_COLUMN: Final = Column("phone", "Phone", "phone")

COLUMN = column_type(
    "A phone field, if the number's country code is known; else a part of the description.",
    (Target("field", "phone"),),
    _words,
    field_types={"phone": _convert},
    losses=(REFUSED, COUNTRY),
    samples=(
        sample(
            _COLUMN,
            {"phone": "18637777777", "country": "US"},
            "field:phone",
            Converted(value="+18637777777", losses=(Loss(COUNTRY, "US"),)),
        ),
        sample(
            _COLUMN,
            {"phone": "030 901820", "country": ""},
            "field:phone",
            Converted(lines=("**Phone:** 030 901820",), losses=(Loss(REFUSED, "030 901820"),)),
        ),
    ),
)
