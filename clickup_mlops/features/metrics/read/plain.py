"""Numbers in JSON or CSV -> samples: numbers are readings, texts beside them are labels."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping

import orjson

from clickup_mlops.features.metrics.scrape import NONE, Labels, Sample
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.json_types import Json

_CELL = 131_072
"""Longest cell of a table, in characters."""


def from_json(text: str) -> Iterator[Sample]:
    """Of one object, or of a list of them, each with its own labels.

    Objects within get names with dots: `{"eval": {"accuracy": 0.9}}` is `eval.accuracy`.

    Raises:
        SourceError: it is no JSON, or neither an object nor a list of objects.
    """
    try:
        data = orjson.loads(text)
    except ValueError as problem:
        raise SourceError(f"not JSON: {text[:80]!r}") from problem
    for record in data if isinstance(data, list) else [data]:
        if not isinstance(record, dict):
            raise SourceError(
                f"not an object: {record!r:.80}",
                hint='Wanted: {"latency_p99_ms": 210, "model": "a"}',
            )
        yield from _of(list(_flat(record)))


def from_csv(text: str) -> Iterator[Sample]:
    """Of a table with a header. Columns `name` and `value`, if both are there, are a reading each
    row; else each column of numbers is a reading, named by its header.
    """
    csv.field_size_limit(_CELL)  # of the process: whoever reads sets its own
    for row in csv.DictReader(io.StringIO(text)):
        cells = {key: value for key, value in row.items() if key and isinstance(value, str)}
        if "name" in cells and "value" in cells:
            name, value = cells.pop("name"), cells.pop("value")
            labels = frozenset(cells.items())
            if (number := _number(value)) is not None:
                yield Sample(name, labels, number)
        else:
            yield from _of(list(cells.items()))


def _of(pairs: Iterable[tuple[str, Json]]) -> Iterator[Sample]:
    numbers = {key: number for key, value in pairs if (number := _number(value)) is not None}
    texts = ((key, value) for key, value in pairs if key not in numbers)
    labels: Labels = frozenset((key, text) for key, text in texts if isinstance(text, str)) or NONE
    return (Sample(key, labels, number) for key, number in numbers.items())


def _flat(table: Mapping[str, Json], path: str = "") -> Iterator[tuple[str, Json]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
