"""The Workspace hierarchy and what belongs to it: Spaces, Folders, Lists, tags, views, webhooks.

Frozen values, parsed from the wire.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self, TypeVar

from clickup_mlops.clickup.model import Person, Raw, Status, parse_number
from clickup_mlops.errors import NotFound

_GUEST: Final = 4
"""A guest's `role`."""


def _read_text(raw: Raw, key: str) -> str:
    return str(raw.get(key) or "")


def _read_id(raw: Raw, key: str) -> str | None:
    """An id that is given directly or inside an object; ClickUp mixes numbers and strings."""
    value = raw.get(key)
    object_id = value.get("id") if isinstance(value, dict) else value
    return None if object_id is None else str(object_id)


def _parse_statuses(raw: Raw) -> tuple[Status, ...]:
    return tuple(map(Status.parse, raw.get("statuses") or ()))


class _Place(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def raw(self) -> Raw: ...


P = TypeVar("P", bound=_Place)


def check_not_in_trash(place: P, kind: str) -> P:
    """The place, if it is not in the trash: there ClickUp answers 200 with `deleted: true`.

    Raises:
        NotFound: it is.
    """
    if place.raw.get("deleted"):
        raise NotFound(f"the {kind} {place.id} is in ClickUp's trash", status=404)
    return place


def drop_trashed(places: Iterable[P]) -> tuple[P, ...]:
    """Those that are not in the trash."""
    return tuple(place for place in places if not place.raw.get("deleted"))


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the API calls a team."""

    id: str
    name: str
    members: tuple[Person, ...]
    """Members and guests."""
    guests: frozenset[int] = frozenset()
    """User ids of the guests among them."""

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an entry of `GET /v2/team`."""
        users = raw.get("members") or ()
        guests = frozenset(Person.parse(user).id for user in users if _is_guest(user))
        return cls(str(raw["id"]), _read_text(raw, "name"), tuple(map(Person.parse, users)), guests)


def _is_guest(member: Raw) -> bool:
    return parse_number((member.get("user") or member).get("role")) == _GUEST


@dataclass(frozen=True, slots=True)
class CustomRole:
    """A role that a workspace made; `inherited_role` as of members: 3 member, 4 guest ..."""

    name: str
    inherited_role: int
    members: tuple[int, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an entry of `GET /v2/team/{team_id}/customroles`."""
        member_ids = (parse_number(member) for member in raw.get("members") or ())
        return cls(
            _read_text(raw, "name"),
            parse_number(raw.get("inherited_role")) or 0,
            tuple(member_id for member_id in member_ids if member_id is not None),
        )


@dataclass(frozen=True, slots=True)
class Space:
    """A space; `features` as on the wire: name -> `{"enabled": ...}`."""

    id: str
    name: str
    private: bool
    archived: bool
    statuses: tuple[Status, ...]
    features: dict[str, Any]
    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a space object."""
        return cls(
            id=str(raw["id"]),
            name=_read_text(raw, "name"),
            private=bool(raw.get("private")),
            archived=bool(raw.get("archived")),
            statuses=_parse_statuses(raw),
            features=raw.get("features") or {},
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class TaskList:
    """A list. `statuses` are the ones its tasks can have; only `lists.get` is sure to know them."""

    id: str
    name: str
    content: str
    folder_id: str | None
    space_id: str | None
    archived: bool
    task_count: int | None
    statuses: tuple[Status, ...]
    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a list object."""
        folder = raw.get("folder") or {}
        return cls(
            id=str(raw["id"]),
            name=_read_text(raw, "name"),
            content=_read_text(raw, "content"),
            # Lists without a folder carry a placeholder named "hidden".
            folder_id=None if folder.get("hidden") else _read_id(raw, "folder"),
            space_id=_read_id(raw, "space"),
            archived=bool(raw.get("archived")),
            task_count=parse_number(raw.get("task_count")),
            statuses=_parse_statuses(raw),
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with its lists."""

    id: str
    name: str
    hidden: bool
    archived: bool
    space_id: str | None
    lists: tuple[TaskList, ...]
    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a folder object."""
        return cls(
            id=str(raw["id"]),
            name=_read_text(raw, "name"),
            hidden=bool(raw.get("hidden")),
            archived=bool(raw.get("archived")),
            space_id=_read_id(raw, "space"),
            lists=drop_trashed(map(TaskList.parse, raw.get("lists") or ())),
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class Shared:
    """What is shared with one user: ids of Lists and of Folders. Single tasks are left out."""

    lists: tuple[str, ...]
    folders: tuple[str, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From `shared` of `GET /v2/team/{id}/shared`."""
        lists, folders = (raw.get(kind) or () for kind in ("lists", "folders"))
        return cls(*(tuple(str(place["id"]) for place in places) for places in (lists, folders)))


@dataclass(frozen=True, slots=True)
class Tag:
    """A space's tag; colours are `#rrggbb`."""

    name: str
    foreground: str
    background: str

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a tag object."""
        return cls(_read_text(raw, "name"), _read_text(raw, "tag_fg"), _read_text(raw, "tag_bg"))


@dataclass(frozen=True, slots=True)
class TaskType:
    """A custom task type; tasks name it by `id` (`custom_item_id` on the wire)."""

    id: int
    name: str

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an entry of `GET /v2/team/{id}/custom_item`."""
        return cls(parse_number(raw["id"]) or 0, _read_text(raw, "name"))


@dataclass(frozen=True, slots=True)
class Group:
    """A user group, which ClickUp's pages call a Team. `handle` is what people mention."""

    id: str
    name: str
    handle: str
    members: tuple[Person, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a group object."""
        members = tuple(map(Person.parse, raw.get("members") or ()))
        return cls(str(raw["id"]), _read_text(raw, "name"), _read_text(raw, "handle"), members)


@dataclass(frozen=True, slots=True)
class View:
    """A view; `raw` holds grouping, filters and columns, which `views.update` wants whole."""

    id: str
    name: str
    type: str
    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a view object."""
        return cls(str(raw["id"]), _read_text(raw, "name"), _read_text(raw, "type"), raw)


@dataclass(frozen=True, slots=True)
class Template:
    """A task, list or folder template of the workspace; ids look like `t-15363293`."""

    id: str
    name: str

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an entry of a template list."""
        return cls(str(raw["id"]), _read_text(raw, "name"))


@dataclass(frozen=True, slots=True)
class Webhook:
    """A registered webhook.

    `health_status` is `active`, `failing` or `suspended` (after 100 failures). `secret` signs the
    deliveries; ClickUp shows it on creation and may leave it out later.
    """

    id: str
    endpoint: str
    events: tuple[str, ...]
    health_status: str
    fail_count: int
    secret: str | None
    user_id: int | None
    team_id: str | None
    space_id: str | None
    folder_id: str | None
    list_id: str | None
    task_id: str | None

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a webhook object."""
        health = raw.get("health") or {}
        events = raw.get("events") or ()
        places = ("team_id", "space_id", "folder_id", "list_id", "task_id")
        return cls(
            id=str(raw["id"]),
            endpoint=_read_text(raw, "endpoint"),
            events=(events,) if isinstance(events, str) else tuple(events),
            health_status=str(health.get("status") or "active"),
            fail_count=parse_number(health.get("fail_count")) or 0,
            secret=raw.get("secret"),
            user_id=parse_number(raw.get("userid")),
            **{place: _read_id(raw, place) for place in places},
        )

    def __repr__(self) -> str:
        return f"Webhook({self.id!r}, {self.endpoint!r}, {self.health_status!r})"
