"""The `custom_fields` filter of task queries: JSON array of field_id, operator and value.

Operators as documented ("Filter tasks using Custom Fields", "Filter by range").
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from clickup_mlops.sandbox.clickup.state.fields.fields import get_options
from clickup_mlops.sandbox.clickup.state.model import Field, Task
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.values import parse_int
from clickup_mlops.sandbox.clickup.state.world import World


@dataclass(frozen=True)
class FieldFilter:
    """One condition; `value` is kept as JSON text so that queries can be compared."""

    field_id: str
    operator: str
    value: str

    def test(self, world: World) -> Callable[[Task], bool]:
        """The condition as a function of a task."""
        field = world.fields.get(self.field_id)
        if field is None:
            raise Refusal("FIELD_007", "Custom field not found")
        operator = _get_operator(field, self.operator)
        operand = _normalize_value(field, orjson.loads(self.value))
        _check_shape(self.operator, operand)
        return lambda task: operator(task.values.get(self.field_id), operand)


def parse(text: str) -> tuple[FieldFilter, ...]:
    """The conditions of a query parameter."""
    try:
        listed = orjson.loads(text)
        return tuple(_parse_condition(item) for item in listed)
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        raise bad_input("custom_fields must be a JSON array of conditions") from None


def _parse_condition(item: Any) -> FieldFilter:
    value = orjson.dumps(item.get("value")).decode()
    return FieldFilter(str(item["field_id"]), str(item["operator"]).upper(), value)


_ORDERING = ("<", "<=", ">", ">=", "RANGE")
_ORDERED = ("number", "currency", "date", "emoji", "manual_progress", "automatic_progress")
"""The types whose values have an order."""


def _get_operator(field: Field, name: str) -> Callable[[Any, Any], bool]:
    if name == "=" and field.type == "labels":
        raise bad_input("Operator = is not supported for labels")
    if name not in _OPERATORS:
        raise bad_input(f"Unknown operator {name}")
    if name in _ORDERING and field.type not in _ORDERED:
        raise bad_input(f"Operator {name} is not supported for {field.type}")
    return _OPERATORS[name]


def _check_shape(operator: str, operand: Any) -> None:
    """RANGE takes two ends, the other comparisons one value."""
    if operator == "RANGE" and not (isinstance(operand, list) and len(operand) == 2):
        raise bad_input("RANGE needs a low and a high value")
    if operator in _ORDERING and operator != "RANGE" and isinstance(operand, list):
        raise bad_input(f"Operator {operator} takes one value")


def _normalize_value(field: Field, value: Any) -> Any:
    """Option indexes become option ids, numbers in strings numbers."""
    if isinstance(value, list):
        return [_normalize_value(field, element) for element in value]
    if isinstance(value, dict) and "low_value" in value:
        return [
            _normalize_value(field, value["low_value"]),
            _normalize_value(field, value.get("high_value")),
        ]
    if field.type == "drop_down" and (index := parse_int(value)) is not None:
        for option in get_options(field):
            if option["orderindex"] == index:
                return option["id"]
    if field.type in _ORDERED:
        return _parse_number(value)
    return value in (True, "true") if field.type == "checkbox" else value


def _parse_number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        raise bad_input("value must be a number") from None


def _unwrap_progress(value: object) -> Any:
    return value.get("current") if isinstance(value, dict) and "current" in value else value


def _make_comparison(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def operator(have: Any, want: Any) -> bool:
        have = _unwrap_progress(have)
        return have is not None and want is not None and compare(float(have), want)

    return operator


def _is_equal(have: object, want: object) -> bool:
    return have is not None and (have == want or str(have) == str(want))


def _contains(have: object, want: object) -> bool:
    if isinstance(have, str) and isinstance(want, str):
        return want.lower() in have.lower()
    if isinstance(have, list):
        return _has_any(have, want)
    return _is_equal(_unwrap_progress(have), want)


def _to_strings(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [str(element) for element in listed]


def _has_any(have: object, want: object) -> bool:
    return not set(_to_strings(have)).isdisjoint(_to_strings(want))


def _has_all(have: object, want: object) -> bool:
    return set(_to_strings(want)) <= set(_to_strings(have))


def _is_in_range(have: Any, want: Any) -> bool:
    have, (low, high) = _unwrap_progress(have), want
    if have is None:
        return False
    return (low is None or low <= float(have)) and (high is None or float(have) <= high)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": _contains,
    "==": _is_equal,
    "!=": lambda have, want: not _contains(have, want),
    "!==": lambda have, want: not _is_equal(have, want),
    "<": _make_comparison(lambda have, want: have < want),
    "<=": _make_comparison(lambda have, want: have <= want),
    ">": _make_comparison(lambda have, want: have > want),
    ">=": _make_comparison(lambda have, want: have >= want),
    "IS NULL": lambda have, _want: have in (None, [], ""),
    "IS NOT NULL": lambda have, _want: have not in (None, [], ""),
    "RANGE": _is_in_range,
    "ANY": _has_any,
    "ALL": _has_all,
    "NOT ANY": lambda have, want: not _has_any(have, want),
    "NOT ALL": lambda have, want: not _has_all(have, want),
}
