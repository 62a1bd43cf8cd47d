"""Rating: some of a number of stars."""

from typing import Final

from clickup_mlops.features.migration.columns import _dates
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column

SCALED: Final = "a rating that five stars cannot show: the nearest is entered"
_MOST: Final = 5


def _targets(column: Column) -> tuple[Target, ...]:
    number = Target("field", "number")
    stars = Target("field", "emoji", settings={"count": min(_scale(column), _MOST)})
    return (number, stars) if _scale(column) > _MOST else (stars, number)


def _words(cell: Cell, column: Column, _lookup: Lookup) -> str:
    return f"{_dates.read_integer(cell.value)} of {_scale(column)}"


def _stars(cell: Cell, column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    rating, scale = _dates.read_integer(cell.value), _scale(column)
    if scale <= _MOST and 0 <= rating <= scale:
        return Converted(value=rating)
    # At least one star, unless it had none: a low rating is not a missing one.
    scaled = max(min(1, rating), round(rating * _MOST / max(scale, _MOST)))
    return Converted(
        value=max(0, min(scaled, scale, _MOST)), losses=(Loss(SCALED, f"{rating} of {scale}"),)
    )


def _number(cell: Cell, _column: Column, _choice: Choice, _lookup: Lookup) -> Converted:
    return Converted(value=_dates.read_integer(cell.value))


def _scale(column: Column) -> int:
    limit = column.settings.get("limit")
    return limit if isinstance(limit, int) and limit > 0 else _MOST


_FIVE: Final = Column("r", "Rating", "rating", settings={"limit": 5})
_TEN: Final = Column("r", "Score", "rating", settings={"limit": 10})

COLUMN = column_type(
    "A rating field up to five, else a number field.",
    _targets,
    _words,
    field_types={"emoji": _stars, "number": _number},
    losses=(SCALED,),
    samples=(
        sample(_FIVE, 4, "field:emoji", Converted(value=4)),
        sample(_TEN, 7, "field:number", Converted(value=7)),
        sample(_TEN, 7, "field:emoji", Converted(value=4, losses=(Loss(SCALED, "7 of 10"),))),
    ),
)
