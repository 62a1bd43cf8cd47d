"""Labels of status and dropdown columns."""

from typing import Any

from clickup_mlops.sandbox.monday.state.model import Column
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.structure import COLORS, MOST_STATUS_LABELS


def resolve_status(column: Column, value: Any, *, new: bool = False) -> int:
    """The index of a label, given by index or name. Raises Refusal: no such label."""
    existing = _find_number(column, value, "index")
    if existing is not None:
        return existing
    if not new:
        raise _unknown_label_error(column, value)
    labels: list[dict[str, Any]] = column.settings["labels"]
    if len(labels) >= MOST_STATUS_LABELS:
        raise Refusal("ColumnValueException", "The column has 40 labels, which is the most")
    index = max((label["index"] for label in labels), default=-1) + 1
    labels.append(
        {
            "id": index,
            "label": str(value),
            "color": index,
            "index": index,
            "description": None,
            "is_done": False,
            "hex": COLORS[index % len(COLORS)],
        }
    )
    return index


def resolve_dropdown(column: Column, value: Any, *, new: bool = False) -> int:
    """The id of a label, given by id or name. Raises Refusal: no such label."""
    existing = _find_number(column, value, "id")
    if existing is not None:
        return existing
    if not new:
        raise _unknown_label_error(column, value)
    labels: list[dict[str, Any]] = column.settings.setdefault("labels", [])
    key = max((int(label["id"]) for label in labels), default=0) + 1
    labels.append({"id": key, "label": str(value), "is_deactivated": False})
    return key


def find_label(column: Column, number: int, key: str) -> dict[str, Any]:
    """The label with this index or id (`key`); empty if it was removed."""
    labels: list[dict[str, Any]] = column.settings.get("labels", [])
    return next((label for label in labels if label[key] == number), {})


def _find_number(column: Column, value: Any, key: str) -> int | None:
    labels: list[dict[str, Any]] = column.settings.get("labels", [])
    by_name = {label["label"]: int(label[key]) for label in labels}
    numbers = set(by_name.values())
    if isinstance(value, str) and value in by_name:
        return by_name[value]
    if isinstance(value, bool) or not str(value).isdigit() or int(value) not in numbers:
        return None
    return int(value)


def _unknown_label_error(column: Column, value: Any) -> Refusal:
    possible = ", ".join(str(label["label"]) for label in column.settings.get("labels", []))
    return Refusal(
        "ColumnValueException",
        f"The label {value!r} does not exist in column {column.id}; possible labels: {possible}",
        column_id=column.id,
    )
