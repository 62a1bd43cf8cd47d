"""The bodies and queries of task requests, with ClickUp's quirks in one place. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict

import orjson

from clickup_mlops.clickup import fields as codecs
from clickup_mlops.clickup.client.base import UNSET, Id, Raw, Unset, check_ids, drop_unset
from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.clickup.times import to_ms
from clickup_mlops.errors import InputError
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import suggest_word

ORDERS = ("id", "created", "updated", "due_date")

_LISTS = ("statuses", "assignees", "tags", "list_ids", "space_ids")
_NAMES = {
    # Arrays need brackets even for one value, or ClickUp refuses them (PUBAPITASK_014).
    **{name: f"{name}[]" for name in _LISTS},
    "folder_ids": "project_ids[]",
    "types": "custom_items[]",
    "include_markdown": "include_markdown_description",
    "multiple_lists": "include_timl",
    "due_after_ms": "due_date_gt",
    "due_before_ms": "due_date_lt",
    "created_after_ms": "date_created_gt",
    "created_before_ms": "date_created_lt",
    "updated_after_ms": "date_updated_gt",
    "updated_before_ms": "date_updated_lt",
    "done_after_ms": "date_done_gt",
    "done_before_ms": "date_done_lt",
    "parent_id": "parent",
}
_KNOWN = frozenset(_NAMES) | {
    "archived",
    "custom_fields",
    "include_closed",
    "order_by",
    "reverse",
    "subtasks",
}


class Filters(TypedDict, total=False):
    """Which tasks a listing has. Times in Unix ms; None: not asked for."""

    statuses: Sequence[str]
    assignees: Sequence[int]
    tags: Sequence[str]
    types: Sequence[int]
    folder_ids: Sequence[str]
    custom_fields: Sequence[JsonObject]
    """ClickUp's own filter objects: `{"field_id", "operator", "value"}`."""
    created_after_ms: int | None
    created_before_ms: int | None
    updated_after_ms: int | None
    updated_before_ms: int | None
    due_after_ms: int | None
    due_before_ms: int | None
    done_after_ms: int | None
    done_before_ms: int | None
    parent_id: str | None
    include_markdown: bool | None
    multiple_lists: bool | None
    archived: bool | None


class Listing(Filters, total=False):
    """Filters, and what a listing may show and in which order."""

    include_closed: bool | None
    subtasks: bool | None
    order_by: str | None
    reverse: bool | None


def build_filters(values: Mapping[str, Any]) -> Raw:
    """Query parameters for our names of ClickUp's task filters; None and empty are left out.

    Raises:
        InputError: a name is not known; ClickUp would ignore it and answer with every task.
    """
    for name in values:
        if name not in _KNOWN:
            guess = suggest_word(name, sorted(_KNOWN))
            listing = ", ".join(sorted(_KNOWN))
            raise InputError(f'tasks have no filter "{name}"{guess}', hint=f"Known: {listing}.")
    order = values.get("order_by")
    if order is not None and order not in ORDERS:
        raise InputError(
            f'tasks cannot be ordered by "{order}"', hint=f"Use one of {', '.join(ORDERS)}."
        )
    present = {key: value for key, value in values.items() if value is not None}
    parameters = {_NAMES.get(key, key): value for key, value in present.items()}
    if "custom_fields" in parameters:
        # The only filter that is JSON inside a query parameter.
        parameters["custom_fields"] = orjson.dumps(list(parameters["custom_fields"])).decode()
    return parameters


def check_priority(value: int | Unset | None) -> int | Unset | None:
    """Checked here, because ClickUp ignores a wrong priority without an error."""
    if value in (None, UNSET) or (type(value) is int and value in (1, 2, 3, 4)):
        return value
    raise InputError(
        f"{value!r:.60} is not a priority", hint="1 urgent, 2 high, 3 normal, 4 low, None for none."
    )


def build_description(text: str | None, markdown: str | None) -> Raw:
    """The description's keys: Markdown goes under both names that ClickUp has used."""
    if text is not None and markdown is not None:
        raise InputError("give the description as text or as Markdown, not both")
    if markdown is not None:
        content = markdown or " "
        return {"markdown_content": content, "markdown_description": content}
    # An empty string changes nothing; a blank one clears.
    return {} if text is None else {"description": text or " "}


def build_user_delta(add: Iterable[int], rem: Iterable[int]) -> Raw | Unset:
    """Assignees and watchers are changed, not set: a flat list would make people watchers."""
    return build_delta(check_ids(add), check_ids(rem))


def build_delta(add: Iterable[Id], rem: Iterable[Id]) -> Raw | Unset:
    """What is added and what is removed; not given if neither is."""
    change = {"add": list(add), "rem": list(rem)}
    return change if change["add"] or change["rem"] else UNSET


Moment = datetime | date
"""With a time zone, or a whole day."""


class Dates(TypedDict, total=False):
    """When a task begins and is due: Unix ms (`due_ms`, `start_ms`), or a `datetime` with a zone
    or a whole day (`due`, `start`). None removes one; `dates_have_time` false hides times of day.
    """

    due_ms: int | None
    start_ms: int | None
    due: Moment | None
    start: Moment | None
    dates_have_time: bool


def build_dates(
    *,
    due_ms: int | Unset | None = UNSET,
    start_ms: int | Unset | None = UNSET,
    due: Moment | Unset | None = UNSET,
    start: Moment | Unset | None = UNSET,
    dates_have_time: bool = True,
) -> Raw:
    """The keys of due and start date; see `Dates`.

    Raises:
        InputError: a date is given twice, or has no time zone.
    """
    return {
        **_build_date("due_date", due_ms, due, dates_have_time),
        **_build_date("start_date", start_ms, start, dates_have_time),
    }


def _build_date(
    key: str, at_ms: int | Unset | None, moment: Moment | Unset | None, have_time: bool
) -> Raw:
    if isinstance(moment, date):  # as every datetime is
        if at_ms not in (None, UNSET):
            raise InputError(f"give the {key.replace('_', ' ')} as a date or in ms, not both")
        return {key: to_ms(moment), f"{key}_time": have_time and isinstance(moment, datetime)}
    value = at_ms if moment is UNSET else moment
    flag = {} if value in (None, UNSET) else {f"{key}_time": have_time}
    return drop_unset(**{key: value}) | flag


def build_lists(assignees: Iterable[Id], groups: Iterable[Id], tags: Iterable[Id]) -> Raw:
    """The lists of a new task; empty ones are left out."""
    lists = {"assignees": list(assignees), "group_assignees": list(groups), "tags": list(tags)}
    return {key: ids for key, ids in lists.items() if ids}


def build_change(**values: Json | Unset) -> Raw:
    """The arguments that were given. Raises InputError if none was."""
    body = drop_unset(**values)
    if not body:
        raise InputError("nothing to change", hint="Tags and custom fields have own calls.")
    return body


def build_field_values(
    values: Iterable[tuple[FieldDefinition, object]], raw: Iterable[tuple[FieldDefinition, Json]]
) -> list[Raw]:
    """Custom fields of a new task: `values` are type-checked, `raw` are wire values already."""
    wires = [(field, field.encode(value)) for field, value in values]
    return [
        {"id": field.id, **codecs.build_body(field.type, wire)} for field, wire in [*wires, *raw]
    ]
