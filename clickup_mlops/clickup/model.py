"""ClickUp's objects as frozen values.

Everything is read from the wire's own shape (`raw`). A `Task` looks inside only when an attribute
is asked for, so ten thousand tasks cost little more than their JSON. Times are Unix milliseconds.
ClickUp sends them, and most ids, as strings; an absent one is `None`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from clickup_mlops.clickup import fields as codecs
from clickup_mlops.clickup.times import to_datetime
from clickup_mlops.json_types import Json
from clickup_mlops.views.text import CALENDAR_MS

if TYPE_CHECKING:
    _once = property
else:

    class _once:  # noqa: N801 - a decorator
        """A property that is computed once: from then on Python finds the value in the object.

        Not `functools.cached_property`, which holds a lock meanwhile.
        """

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self._compute, self._name, self.__doc__ = compute, compute.__name__, compute.__doc__

        def __get__(self, owner: Any, _type: type) -> Any:
            if owner is None:
                return self
            value = owner.__dict__[self._name] = self._compute(owner)
            return value


Raw = Mapping[str, Any]

_FINISHED = frozenset({"done", "closed"})


def parse_number(value: object) -> int | None:
    """An integer from the wire: a number, digits in a string, or nothing (`None`, `""`).

    Raises:
        ValueError: it is something else, or does not fit in 64 bits.
    """
    if value is None or value == "":
        return None
    # bool is an int in Python, and no number on this wire.
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise ValueError(f"not a whole number: {value!r:.60}")
    try:
        result = int(value)
    except OverflowError:  # JSON has no infinity, but 1e999 reads as one
        raise ValueError("not a whole number: infinity") from None
    if not -(2**63) <= result < 2**63:
        raise ValueError(f"does not fit in 64 bits: {value!r:.60}")
    return result


def parse_number_or_none(value: object) -> int | None:
    """An integer from the wire; anything else is none."""
    try:
        return parse_number(value)
    except ValueError:
        return None


def _parse_time(value: object) -> int | None:
    """A time in Unix ms; one that no calendar has is none."""
    time_ms = parse_number_or_none(value)
    return time_ms if time_ms is not None and time_ms in CALENDAR_MS else None


def _read_object(raw: Raw, key: str) -> Raw:
    """The object under a key; anything else, such as null, is an empty one."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def read_objects(raw: Raw, key: str, *required: str) -> list[Raw]:
    """The objects of the list under a key that have what is needed; anything else is left out."""
    value = raw.get(key)
    entries = value if isinstance(value, list | tuple) else ()
    return [
        entry
        for entry in entries
        if isinstance(entry, Mapping) and all(entry.get(name) is not None for name in required)
    ]


def _read_id(holder: Json) -> str | None:
    """The id inside a nested object such as `{"list": {"id": "9"}}`, as text."""
    object_id = holder.get("id") if isinstance(holder, Mapping) else None
    return None if object_id is None else str(object_id)


@dataclass(frozen=True, slots=True)
class Status:
    """A column of a list. `kind` is `open`, `custom`, `done` or `closed`; `name` as on the wire."""

    name: str
    kind: str
    id: str | None = None
    color: str | None = None
    order: int = 0

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From `{"status", "type", "orderindex", "color", "id"}`."""
        return cls(
            name=str(raw.get("status") or ""),
            kind=str(raw.get("type") or "custom"),
            id=raw.get("id"),
            color=raw.get("color"),
            order=parse_number_or_none(raw.get("orderindex")) or 0,
        )


@dataclass(frozen=True, slots=True)
class Person:
    """A member or guest."""

    id: int
    username: str
    email: str

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a user object, or a member that wraps one in `user`."""
        user = _unwrap_user(raw)
        return cls(
            parse_number(user["id"]) or 0, user.get("username") or "", user.get("email") or ""
        )


def parse_people(raws: Iterable[Json]) -> tuple[Person, ...]:
    """The people among these; what has no number as its id is none."""
    persons = (
        raw
        for raw in raws
        if isinstance(raw, Mapping) and parse_number_or_none(_unwrap_user(raw).get("id"))
    )
    return tuple(map(Person.parse, persons))


def _unwrap_user(raw: Raw) -> Raw:
    return _read_object(raw, "user") or raw


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A custom field as a list, folder, space or workspace defines it."""

    id: str
    name: str
    type: str
    type_config: dict[str, Any] = field(default_factory=dict)
    required: bool = False

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From one entry of `{"fields": [...]}`."""
        return cls(
            id=raw["id"],
            name=raw.get("name") or "",
            type=raw["type"],
            type_config=raw.get("type_config") or {},
            required=bool(raw.get("required")),
        )

    def encode(self, value: object) -> Any:
        """The wire value for a Python value; see `fields.encode`. Raises InputError."""
        return codecs.encode(self.name, self.type, self.type_config, value)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A custom field on a task. `value` is the wire value, `None` when it is not set."""

    id: str
    name: str
    type: str
    type_config: dict[str, Any]
    value: Any = None

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From one entry of a task's `custom_fields`."""
        config = raw.get("type_config") or {}
        return cls(raw["id"], raw.get("name") or "", raw["type"], config, raw.get("value"))

    @property
    def definition(self) -> FieldDefinition:
        """The field without its value."""
        return FieldDefinition(self.id, self.name, self.type, self.type_config)

    def read(self) -> Any:
        """The Python value: an option's label, a float, milliseconds ...; `None` if unset."""
        return codecs.decode(self.type, self.type_config, self.value)


@dataclass(frozen=True)
class Task:
    """A task, read lazily from `raw`."""

    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a task object of any endpoint. What has an unexpected shape counts as absent."""
        if raw.get("id") is None:
            raise ValueError("a task without an id")
        return cls(raw)

    def __hash__(self) -> int:
        return hash(self.id)

    @_once
    def id(self) -> str:
        """ClickUp's own id, such as `86d3f01jq`."""
        return str(self.raw["id"])

    @_once
    def custom_id(self) -> str | None:
        """The team's id, such as `ML-42`, if the workspace uses them."""
        return self.raw.get("custom_id")

    @_once
    def name(self) -> str:
        """The title; empty if ClickUp sent none."""
        return str(self.raw.get("name") or "")

    @_once
    def text(self) -> str:
        """The description without formatting."""
        return str(self.raw.get("text_content") or self.raw.get("description") or "")

    @_once
    def markdown(self) -> str | None:
        """The description as Markdown; only when it was asked for (`include_markdown`)."""
        return self.raw.get("markdown_description")

    @_once
    def list_id(self) -> str:
        """The id of the home list; empty if ClickUp sent none."""
        return _read_id(self.raw.get("list")) or ""

    @_once
    def list_name(self) -> str:
        """The name of the home list; empty if ClickUp sent none."""
        return str(_read_object(self.raw, "list").get("name") or "")

    @_once
    def folder_id(self) -> str | None:
        """The folder; `None` for a list that sits directly in its space."""
        folder = _read_object(self.raw, "folder")
        # Folderless lists carry a placeholder folder named "hidden".
        return None if folder.get("hidden") else _read_id(folder)

    @_once
    def folder_name(self) -> str:
        """The name of the folder; empty for a list that sits directly in its space."""
        return str(_read_object(self.raw, "folder").get("name") or "") if self.folder_id else ""

    @_once
    def space_id(self) -> str | None:
        """The id of the space that the home list is in."""
        return _read_id(self.raw.get("space"))

    @_once
    def team_id(self) -> str | None:
        """The id of the workspace, which ClickUp calls a team."""
        team = self.raw.get("team_id")
        return None if team is None else str(team)

    @_once
    def status(self) -> Status:
        """The current status; an empty one if ClickUp sent none."""
        return Status.parse(_read_object(self.raw, "status"))

    @_once
    def is_open(self) -> bool:
        """Whether the work is not finished: the status is neither done nor closed."""
        return self.status.kind not in _FINISHED

    @_once
    def priority(self) -> int | None:
        """1 urgent, 2 high, 3 normal, 4 low, `None` none."""
        return parse_number_or_none(_read_object(self.raw, "priority").get("id"))

    @_once
    def parent_id(self) -> str | None:
        """The task that this is a subtask of."""
        return self.raw.get("parent")

    @_once
    def assignees(self) -> tuple[Person, ...]:
        """Who works on it."""
        return parse_people(read_objects(self.raw, "assignees"))

    @_once
    def creator(self) -> Person | None:
        """Who created it; `None` if ClickUp did not say."""
        return next(iter(parse_people([self.raw.get("creator")])), None)

    @_once
    def tags(self) -> tuple[str, ...]:
        """The names of its tags."""
        return tuple(tag["name"] for tag in read_objects(self.raw, "tags", "name"))

    @_once
    def created_ms(self) -> int:
        """When it was created (0 if ClickUp did not say)."""
        return _parse_time(self.raw.get("date_created")) or 0

    @_once
    def updated_ms(self) -> int:
        """When it last changed (0 if ClickUp did not say)."""
        return _parse_time(self.raw.get("date_updated")) or 0

    @_once
    def closed_ms(self) -> int | None:
        """When it was closed, else when it was done."""
        return _parse_time(self.raw.get("date_closed")) or _parse_time(self.raw.get("date_done"))

    @_once
    def due_ms(self) -> int | None:
        """The due date in Unix ms; `None` if it has none."""
        return _parse_time(self.raw.get("due_date"))

    @_once
    def start_ms(self) -> int | None:
        """The start date in Unix ms; `None` if it has none."""
        return _parse_time(self.raw.get("start_date"))

    @property
    def created(self) -> datetime | None:
        """`created_ms` as a time in UTC; `None` if ClickUp did not say."""
        return to_datetime(self.created_ms or None)

    @property
    def updated(self) -> datetime | None:
        """`updated_ms` as a time in UTC; `None` if ClickUp did not say."""
        return to_datetime(self.updated_ms or None)

    @property
    def closed(self) -> datetime | None:
        """`closed_ms` as a time in UTC."""
        return to_datetime(self.closed_ms)

    @property
    def due(self) -> datetime | None:
        """`due_ms` as a time in UTC."""
        return to_datetime(self.due_ms)

    @property
    def start(self) -> datetime | None:
        """`start_ms` as a time in UTC."""
        return to_datetime(self.start_ms)

    @_once
    def fields(self) -> tuple[FieldValue, ...]:
        """The custom fields that apply to this task, set or not."""
        return tuple(map(FieldValue.parse, read_objects(self.raw, "custom_fields", "id", "type")))

    def field(self, name: str) -> Any:
        """The Python value of the field with this name (any case); `None` if unset or absent."""
        folded_name = name.casefold()
        for value in self.fields:
            if value.name.casefold() == folded_name and value.value is not None:
                return value.read()
        return None

    @_once
    def depends_on(self) -> tuple[str, ...]:
        """Ids of the tasks that this one waits for."""
        rows = read_objects(self.raw, "dependencies", "depends_on")
        return tuple(row["depends_on"] for row in rows if row.get("task_id") == self.id)

    @_once
    def blocks(self) -> tuple[str, ...]:
        """Ids of the tasks that wait for this one."""
        rows = read_objects(self.raw, "dependencies", "task_id")
        return tuple(row["task_id"] for row in rows if row.get("depends_on") == self.id)

    @_once
    def links(self) -> tuple[str, ...]:
        """Ids of linked tasks."""
        rows = read_objects(self.raw, "linked_tasks")
        ends = (end for row in rows for end in (row.get("task_id"), row.get("link_id")))
        return tuple(dict.fromkeys(str(end) for end in ends if end and str(end) != self.id))

    @_once
    def url(self) -> str:
        """Its page in the web app."""
        return str(self.raw.get("url") or "")


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One change inside an event. `before` and `after` may be anything, or missing (`None`)."""

    id: str
    field: str
    date_ms: int
    user_id: int | None
    list_id: str | None
    before: Any
    after: Any
    raw: Raw

    @property
    def is_first_status(self) -> bool:
        """Whether the task had no status before: it was created."""
        before = self.before
        return self.field == "status" and isinstance(before, dict) and before.get("status") is None

    @property
    def user_name(self) -> str:
        """Who made the change; their id if ClickUp gives no name, empty if it gives neither."""
        user = self.raw.get("user")
        name = user.get("username") if isinstance(user, dict) else None
        return str(name or self.user_id or "")


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook delivery. `kind` is `taskCreated` and so on; `date_ms` is the newest item's."""

    key: str
    webhook_id: str
    kind: str
    task_id: str | None
    list_id: str | None
    folder_id: str | None
    space_id: str | None
    items: tuple[HistoryItem, ...]
    date_ms: int | None
    raw: Raw

    @property
    def order(self) -> tuple[int, int, str]:
        """Sorts the events of a task by the time of their changes; those of one millisecond by the
        ids of their items, which are numbers that grow.
        """
        item_id = self.items[0].id if self.items else ""
        return self.date_ms or 0, len(item_id), item_id

    @property
    def creates(self) -> bool:
        """Whether it reports that its task was created: two kinds of event do."""
        return self.kind == "taskCreated" or any(item.is_first_status for item in self.items)
