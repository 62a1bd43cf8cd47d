"""Labels of status and dropdown columns."""

from clickup_mlops.sandbox.monday.state.model import Column, Json
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.structure import COLORS, MOST_STATUS_LABELS


def status(column: Column, wanted: Json, *, new: bool = False) -> int:
    """The index of a label, given by index or name. Raises Refusal: no such label."""
    found = _found(column, wanted, "index")
    if found is not None:
        return found
    if not new:
        raise _unknown(column, wanted)
    known: list[dict[str, Json]] = column.settings["labels"]
    if len(known) >= MOST_STATUS_LABELS:
        raise Refusal("ColumnValueException", "The column has 40 labels, which is the most")
    index = max((one["index"] for one in known), default=-1) + 1
    known.append(
        {
            "id": index,
            "label": str(wanted),
            "color": index,
            "index": index,
            "description": None,
            "is_done": False,
            "hex": COLORS[index % len(COLORS)],
        }
    )
    return index


def dropdown(column: Column, wanted: Json, *, new: bool = False) -> int:
    """The id of a label, given by id or name. Raises Refusal: no such label."""
    found = _found(column, wanted, "id")
    if found is not None:
        return found
    if not new:
        raise _unknown(column, wanted)
    known: list[dict[str, Json]] = column.settings.setdefault("labels", [])
    key = max((int(one["id"]) for one in known), default=0) + 1
    known.append({"id": key, "label": str(wanted), "is_deactivated": False})
    return key


def label(column: Column, number: int, key: str) -> dict[str, Json]:
    """The label with this index or id (`key`); empty if it was removed."""
    known: list[dict[str, Json]] = column.settings.get("labels", [])
    return next((one for one in known if one[key] == number), {})


def _found(column: Column, wanted: Json, key: str) -> int | None:
    known: list[dict[str, Json]] = column.settings.get("labels", [])
    by_name = {one["label"]: int(one[key]) for one in known}
    numbers = set(by_name.values())
    if isinstance(wanted, str) and wanted in by_name:
        return by_name[wanted]
    if isinstance(wanted, bool) or not str(wanted).isdigit() or int(wanted) not in numbers:
        return None
    return int(wanted)


def _unknown(column: Column, wanted: Json) -> Refusal:
    known = ", ".join(str(one["label"]) for one in column.settings.get("labels", []))
    return Refusal(
        "ColumnValueException",
        f"The label {wanted!r} does not exist in column {column.id}; possible labels: {known}",
        column_id=column.id,
    )
