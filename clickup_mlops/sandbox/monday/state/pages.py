"""Which items a page query wants, and in which order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from clickup_mlops.sandbox.monday.state import items, times
from clickup_mlops.sandbox.monday.state.model import Board, Item, Json
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

ALL_LEVELS = "allItems"


def wanted(
    world: World,
    board: Board,
    query: Mapping[str, Json] | None,
    *,
    group_id: str | None = None,
    scope: str | None = None,
) -> list[Item]:
    """The items that `query_params` asks for, in the board's order unless it says another.

    Over all levels of a multi-level board nothing is found without a rule: so does Monday.com.
    """
    params = query or {}
    deep = board.hierarchy == "multi_level" and scope == ALL_LEVELS
    if deep and not params.get("rules"):
        return []
    found = items.of_board(world, board, deep=deep)
    if group_id is not None:
        found = [one for one in found if one.group_id == group_id]
    if params.get("ids"):
        ids = {int(one) for one in params["ids"]}
        found = [one for one in found if one.id in ids]
    found = [one for one in found if _fits(board, one, params)]
    for order in reversed(params.get("order_by") or ()):
        column_id = order["column_id"]
        descending = order.get("direction") == "desc"
        found.sort(key=lambda one: _sortable(_value(board, one, column_id)), reverse=descending)
    return found


def by_values(
    world: World,
    board: Board,
    wanted_values: Sequence[Mapping[str, Json]],
    shown: Callable[..., str],
) -> list[Item]:
    """Items whose text in each of the columns is one of the given; `shown(item, column_id)`."""
    return [
        one
        for one in items.of_board(world, board)
        if all(shown(one, w["column_id"]) in w["column_values"] for w in wanted_values)
    ]


def _fits(board: Board, item: Item, query: Mapping[str, Json]) -> bool:
    rules = [_rule(board, item, one) for one in query.get("rules") or ()]
    groups = [_fits(board, item, one) for one in query.get("groups") or ()]
    results = rules + groups
    if query.get("operator") == "or" and results:
        return any(results)
    return all(results)


def _rule(board: Board, item: Item, rule: Mapping[str, Json]) -> bool:
    operator = rule.get("operator", "any_of")
    check = _OPERATORS.get(operator)
    if check is None:
        raise Refusal("InvalidArgumentException", f"The sandbox has no operator {operator}")
    given = rule["compare_value"]
    sent = given if isinstance(given, list) else [given]
    # Dates come as ["EXACT", date].
    values = [one for one in sent if one != "EXACT"]
    try:
        return check(_value(board, item, rule["column_id"]), values)
    except IndexError:
        raise Refusal("InvalidArgumentException", f"{operator} needs a compare_value") from None


def _value(board: Board, item: Item, column_id: str) -> Json:
    special = {
        "group": item.group_id,
        "name": item.name,
        "__last_updated__": item.updated_ms,
        "__creation_log__": item.created_ms,
    }
    if column_id in special:
        return special[column_id]
    if column_id not in board.columns:
        raise Refusal("InvalidColumnIdException", f"Column {column_id} does not exist")
    raw = item.cells.get(column_id)
    if not isinstance(raw, dict):
        return raw
    for key in ("index", "ids", "tag_ids", "date", "from", "text", "rating", "checked"):
        if key in raw:
            return raw[key]
    return [one["id"] for one in raw["personsAndTeams"]] if "personsAndTeams" in raw else str(raw)


def _sortable(value: Json) -> tuple[int, float, str]:
    if value is None:
        return (2, 0, "")
    if isinstance(value, int | float):
        return (0, value, "")
    return (1, 0, str(value))


def _any_of(value: Json, given: list[Json]) -> bool:
    have = value if isinstance(value, list) else [value]
    return bool({str(one) for one in have} & {str(one) for one in given})


def _compared(value: Json, given: list[Json]) -> int | None:
    """-1, 0, 1; None if they cannot be compared."""
    if value is None or not given:
        return None
    have, other = _alike(value, given[0])
    return int(have > other) - int(have < other)


def _alike(value: Json, given: Json) -> tuple[Json, Json]:
    """Both as times, as numbers, or else as texts."""
    try:
        if isinstance(value, int):
            return value, times.parse(given)
        return float(value), float(given)
    except (TypeError, ValueError):
        return str(value), str(given)


def _contains(value: Json, given: list[Json]) -> bool:
    return str(given[0]).lower() in str(value or "").lower()


_OPERATORS: Final[Mapping[str, Callable[[Json, list[Json]], bool]]] = {
    "any_of": _any_of,
    "not_any_of": lambda value, given: not _any_of(value, given),
    "is_empty": lambda value, _: value in (None, "", []),
    "is_not_empty": lambda value, _: value not in (None, "", []),
    "greater_than": lambda value, given: _compared(value, given) == 1,
    "greater_than_or_equals": lambda value, given: _compared(value, given) in (0, 1),
    "lower_than": lambda value, given: _compared(value, given) == -1,
    "lower_than_or_equal": lambda value, given: _compared(value, given) in (0, -1),
    "between": lambda value, given: (
        _compared(value, given[:1]) in (0, 1) and _compared(value, given[1:]) in (0, -1)
    ),
    "contains_text": _contains,
    "not_contains_text": lambda value, given: not _contains(value, given),
    "starts_with": lambda value, given: str(value or "").startswith(str(given[0])),
    "ends_with": lambda value, given: str(value or "").endswith(str(given[0])),
}
