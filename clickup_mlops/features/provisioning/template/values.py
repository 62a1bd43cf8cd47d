"""Values that ClickUp would refuse or misread: checked before anything is written. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from clickup_mlops.clickup import fields as codecs
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.template.model import (
    COLUMNS,
    CustomField,
    Filter,
    Template,
)
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.routing.decision import NUMBER

ALWAYS: Final = ("to do", "complete", "closed", "open")
"""ClickUp's own statuses. A filter may always name them; a template that gives no others leaves the
statuses to people.
"""
NUMBERS: Final = frozenset(
    {
        "number",
        "currency",
        "emoji",
        "manual_progress",
        "automatic_progress",
        "formula",
        "votes",
    }
)
"""Types of fields whose values are numbers."""
NUMERIC_COLUMNS: Final = frozenset({"time estimate", "time tracked", "comments"})
PRIORITIES: Final = ("none", *map(str, NUMBER))


def of_field(field: CustomField, value: object) -> str:
    """Why a field cannot hold a value; "" if it can. Options are checked by name elsewhere."""
    if field.options:
        return ""
    try:
        codecs.encode(field.name, field.type, {"count": field.count}, _listed(value))
    except InputError as problem:
        return str(problem)
    return ""


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def objectives(template: Template) -> Mapping[str, str]:
    """The fields that hold objectives, by folded name."""
    return {fold_name(slo.objective): slo.objective for slo in template.slo.values()}


def of_objective(name: str, value: Any) -> str:
    """Why an objective is none; "" if it is one."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f'"{name}" is an objective and must be positive' if is_number and value <= 0 else ""


def of_filter(
    condition: Filter, fields: Mapping[str, CustomField], statuses: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], str]]:
    """The words of a filter that mean nothing: what was looked for, what there is, and the word.

    `statuses` are those of the place and below.
    """
    vocabulary = _vocabulary(fold_name(condition.field), fields, statuses)
    if vocabulary is None:
        return
    kind, choices = vocabulary
    for word in (*condition.is_, *condition.is_not):
        if fold_name(str(word)) not in map(fold_name, choices):
            yield kind, choices, str(word)


def of_bound(condition: Filter, fields: Mapping[str, CustomField]) -> str:
    """Why what a filter compares with a number is none; "" if it is one."""
    name = fold_name(condition.field)
    field = fields.get(name)
    if field is not None:
        is_number = field.type in NUMBERS
        description = f"a {field.type} field"
    else:
        is_number, description = name not in COLUMNS or name in NUMERIC_COLUMNS, "no number"
    return (
        ""
        if is_number
        else f'"{condition.field}" is {description}: `above` and `below` compare numbers'
    )


def _vocabulary(
    name: str, fields: Mapping[str, CustomField], statuses: Sequence[str]
) -> tuple[str, Sequence[str]] | None:
    if name == "status":
        custom = [status for status in statuses if fold_name(status) not in ALWAYS]
        return ("status", (*custom, *ALWAYS)) if custom else None
    if name == "priority":
        return "priority", PRIORITIES
    field = fields.get(name)
    return (f'option of "{field.name}"', field.options) if field and field.options else None
