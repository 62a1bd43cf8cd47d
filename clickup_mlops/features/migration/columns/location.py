"""Location: a point with its address."""

from typing import Any, Final

from clickup_mlops.features.migration.columns._build import as_lines, column_type, refused
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.json_types import Json

PARTS: Final = "parts of a place other than its point and address"
REFUSED: Final = "a point that is not on Earth: kept in the description"
_MAIN: Final = ("lat", "lng", "address")


def _words(cell: Cell, _column: Column, _lookup: Lookup) -> str:
    place = cell.value
    point = f"{place['lat']}, {place['lng']}"
    main = f"{place['address']} ({point})" if place.get("address") else point
    return "; ".join([main, *_more(place)])


def _convert(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    place = cell.value
    point = {"lat": place["lat"], "lng": place["lng"]}
    address = str(place.get("address") or f"{place['lat']}, {place['lng']}")
    value: dict[str, Json] = {"location": point, "formatted_address": address}
    if refused("location", value):
        words = _words(cell, column, lookup)
        return as_lines(column, words, Loss(REFUSED, words))
    more = _more(place)
    return Converted(value=value, losses=(Loss(PARTS, "; ".join(more)),) if more else ())


def _more(place: Any) -> list[str]:
    return [f"{key} {value}" for key, value in place.items() if key not in _MAIN and value]


_COLUMN: Final = Column("place", "Site", "location")
_GIZA: Final[dict[str, Json]] = {"lat": 29.97, "lng": 31.13, "address": "Giza"}

COLUMN = column_type(
    "A location field.",
    (Target("field", "location"),),
    _words,
    field_types={"location": _convert},
    losses=(PARTS, REFUSED),
    samples=(
        sample(
            _COLUMN,
            {**_GIZA, "country": "Egypt"},
            "field:location",
            Converted(
                value={"location": {"lat": 29.97, "lng": 31.13}, "formatted_address": "Giza"},
                losses=(Loss(PARTS, "country Egypt"),),
            ),
        ),
    ),
)
