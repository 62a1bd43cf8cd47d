"""What Monday.com's activity logs say of columns of status and people. Pure.

An entry `update_column_value` has `data`, JSON as text: `pulse_id`, `column_id`, `value` and
`previous_value`, of a status `{"label": {"index", "text"}}`, of people `{"personsAndTeams"}`.
"""

from collections.abc import Iterator
from typing import Final

import orjson

from clickup_mlops.features.migration.history import Change, Changed
from clickup_mlops.features.migration.records import Board, Column
from clickup_mlops.json_types import Json, JsonObject

_UPDATED: Final = "update_column_value"
_FIELDS: Final[dict[str, Changed]] = {"status": "status", "people": "assignee"}
_TICKS_PER_MS: Final = 10_000


def changes(board: Board, log: JsonObject) -> Iterator[Change]:
    """The change that an entry reports; nothing: it reports none, or cannot be read."""
    data = _data(log) if log.get("event") == _UPDATED else {}
    columns = {column.id: column for column in (*board.subitem_columns, *board.columns)}
    column = columns.get(str(data.get("column_id") or ""))
    at_text = str(log.get("created_at") or "")
    if column is None or column.type not in _FIELDS or not at_text.isdecimal():
        return
    before, after = (_name(column, data.get(key)) for key in ("previous_value", "value"))
    yield Change(
        str(data.get("pulse_id") or ""),
        int(at_text) // _TICKS_PER_MS,
        _FIELDS[column.type],
        before,
        after,
        str(log.get("user_id") or ""),
    )


def _data(log: JsonObject) -> JsonObject:
    try:
        data = orjson.loads(str(log.get("data")))
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}


def _name(column: Column, value: Json) -> str:
    if not isinstance(value, dict):
        return ""
    if column.type == "people":
        people = value.get("personsAndTeams")
        first = next(iter(people), None) if isinstance(people, list) else None
        return str(first.get("id") or "") if isinstance(first, dict) else ""
    label = value.get("label")
    fields = label if isinstance(label, dict) else value
    key = str(fields.get("index", ""))
    names = {option.key: option.name for option in column.options}
    return str(fields.get("text") or "") or names.get(key, "")
