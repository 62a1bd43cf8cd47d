"""Numbers, some with a unit."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.migration.columns import _numbers
from clickup_mlops.features.migration.columns._build import column_type, one_of
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.json_types import Json

UNIT: Final = "the unit: ClickUp's number fields have none"
_CURRENCIES: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₪": "ILS", "₹": "INR"}
_MOST_DIGITS: Final = 8


def _targets(column: Column) -> tuple[Target, ...]:
    unit = _unit(column)
    digits: dict[str, Json] = {}
    precision = unit.get("precision")
    if isinstance(precision, int) and 0 <= precision <= _MOST_DIGITS:
        digits["precision"] = precision
    number = Target("field", "number", settings=digits)
    currency = _CURRENCIES.get(_symbol(column))
    if not currency:
        return (number,)
    return (Target("field", "currency", settings={"currency": currency, **digits}), number)


def _words(cell: Cell, column: Column, _lookup: Lookup) -> str:
    text = one_of("a number", cell.value)
    symbol = _symbol(column)
    if not symbol:
        return text
    return f"{symbol}{text}" if _unit(column).get("direction") == "left" else f"{text} {symbol}"


def _currency(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    number, losses = _numbers.read(one_of("a number", cell.value))
    symbol = _symbol(column)
    return Converted(
        value=number, losses=losses if symbol in _CURRENCIES else _with_unit(losses, column, cell)
    )


def _number(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    number, losses = _numbers.read(one_of("a number", cell.value))
    return Converted(value=number, losses=_with_unit(losses, column, cell))


def _with_unit(losses: tuple[Loss, ...], column: Column, cell: Cell) -> tuple[Loss, ...]:
    symbol = _symbol(column)
    return (*losses, Loss(UNIT, f"{cell.value} {symbol}")) if symbol else losses


def _unit(column: Column) -> Mapping[str, Json]:
    unit = column.settings.get("unit")
    return unit if isinstance(unit, Mapping) else {}


def _symbol(column: Column) -> str:
    unit = _unit(column)
    return str(unit.get("custom_unit") or unit.get("symbol") or "").strip()


_PLAIN: Final = Column("n", "Tokens", "numbers")
_COST: Final = Column("c", "Cost", "numbers", settings={"unit": {"symbol": "$"}})
_MS: Final = Column("m", "Latency", "numbers", settings={"unit": {"custom_unit": "ms"}})

COLUMN = column_type(
    "A number field, or a currency field if the unit is a currency.",
    _targets,
    _words,
    field_types={"number": _number, "currency": _currency},
    losses=(UNIT, _numbers.DIGITS),
    samples=(
        sample(_PLAIN, "1231", "field:number", Converted(value=1231)),
        sample(_COST, "12.5", "field:currency", Converted(value=12.5)),
        sample(_MS, "85", "field:number", Converted(value=85, losses=(Loss(UNIT, "85 ms"),))),
    ),
)
