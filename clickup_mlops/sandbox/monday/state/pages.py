"""Which items a page query wants, and in which order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from clickup_mlops.sandbox.monday.state import items, times
from clickup_mlops.sandbox.monday.state.model import Board, Item
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

ALL_LEVELS = "allItems"


def select_items(
    world: World,
    board: Board,
    query: Mapping[str, Any] | None,
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
    matches = items.list_items(world, board, deep=deep)
    if group_id is not None:
        matches = [item for item in matches if item.group_id == group_id]
    if params.get("ids"):
        ids = {int(item_id) for item_id in params["ids"]}
        matches = [item for item in matches if item.id in ids]
    matches = [item for item in matches if _matches_query(board, item, params)]
    for order in reversed(params.get("order_by") or ()):
        column_id = order["column_id"]
        descending = order.get("direction") == "desc"
        matches.sort(
            key=lambda item: _sort_key(_read_value(board, item, column_id)), reverse=descending
        )
    return matches


def select_by_values(
    world: World,
    board: Board,
    conditions: Sequence[Mapping[str, Any]],
    read_text: Callable[..., str],
) -> list[Item]:
    """Items whose text in each of the columns is one of the given; `shown(item, column_id)`."""
    return [
        item
        for item in items.list_items(world, board)
        if all(
            read_text(item, condition["column_id"]) in condition["column_values"]
            for condition in conditions
        )
    ]


def _matches_query(board: Board, item: Item, query: Mapping[str, Any]) -> bool:
    rules = [_matches_rule(board, item, rule) for rule in query.get("rules") or ()]
    groups = [_matches_query(board, item, group) for group in query.get("groups") or ()]
    results = rules + groups
    if query.get("operator") == "or" and results:
        return any(results)
    return all(results)


def _matches_rule(board: Board, item: Item, rule: Mapping[str, Any]) -> bool:
    operator = rule.get("operator", "any_of")
    check = _OPERATORS.get(operator)
    if check is None:
        raise Refusal("InvalidArgumentException", f"The sandbox has no operator {operator}")
    operand = rule["compare_value"]
    operands = operand if isinstance(operand, list) else [operand]
    # Dates come as ["EXACT", date].
    values = [value for value in operands if value != "EXACT"]
    try:
        return check(_read_value(board, item, rule["column_id"]), values)
    except IndexError:
        raise Refusal("InvalidArgumentException", f"{operator} needs a compare_value") from None


def _read_value(board: Board, item: Item, column_id: str) -> Any:
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
    return (
        [person["id"] for person in raw["personsAndTeams"]]
        if "personsAndTeams" in raw
        else str(raw)
    )


def _sort_key(value: Any) -> tuple[int, float, str]:
    if value is None:
        return (2, 0, "")
    if isinstance(value, int | float):
        return (0, value, "")
    return (1, 0, str(value))


def _is_any_of(value: Any, operands: list[Any]) -> bool:
    values = value if isinstance(value, list) else [value]
    return bool({str(element) for element in values} & {str(element) for element in operands})


def _compare(value: Any, operands: list[Any]) -> int | None:
    """-1, 0, 1; None if they cannot be compared."""
    if value is None or not operands:
        return None
    first, second = _to_comparable(value, operands[0])
    return int(first > second) - int(first < second)


def _to_comparable(value: Any, operand: Any) -> tuple[Any, Any]:
    """Both as times, as numbers, or else as texts."""
    try:
        if isinstance(value, int):
            return value, times.parse_ms(operand)
        return float(value), float(operand)
    except (TypeError, ValueError):
        return str(value), str(operand)


def _contains_text(value: Any, operands: list[Any]) -> bool:
    return str(operands[0]).lower() in str(value or "").lower()


_OPERATORS: Final[Mapping[str, Callable[[Any, list[Any]], bool]]] = {
    "any_of": _is_any_of,
    "not_any_of": lambda value, operands: not _is_any_of(value, operands),
    "is_empty": lambda value, _: value in (None, "", []),
    "is_not_empty": lambda value, _: value not in (None, "", []),
    "greater_than": lambda value, operands: _compare(value, operands) == 1,
    "greater_than_or_equals": lambda value, operands: _compare(value, operands) in (0, 1),
    "lower_than": lambda value, operands: _compare(value, operands) == -1,
    "lower_than_or_equal": lambda value, operands: _compare(value, operands) in (0, -1),
    "between": lambda value, operands: (
        _compare(value, operands[:1]) in (0, 1) and _compare(value, operands[1:]) in (0, -1)
    ),
    "contains_text": _contains_text,
    "not_contains_text": lambda value, operands: not _contains_text(value, operands),
    "starts_with": lambda value, operands: str(value or "").startswith(str(operands[0])),
    "ends_with": lambda value, operands: str(value or "").endswith(str(operands[0])),
}
