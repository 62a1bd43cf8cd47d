"""Content: comments, checklists, files, time, docs and chat messages, as frozen values."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from clickup_mlops.clickup.model import Person, Raw, parse_number, parse_people, read_objects
from clickup_mlops.json_types import Json


def _read_text(raw: Raw, key: str) -> str:
    return str(raw.get(key) or "")


def _read_person(raw: Json) -> Person | None:
    return next(iter(parse_people([raw])), None)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. `blocks` is the formatted text; `date_ms` and `id` are what paging needs.

    `assignee` is who has to resolve it; `reactions` are the wire's own.
    """

    id: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    user: Person | None
    resolved: bool
    date_ms: int
    reply_count: int
    assignee: Person | None = None
    reactions: tuple[Any, ...] = ()

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a comment object. The answer to a new comment has only `id` and `date`."""
        return cls(
            id=str(raw["id"]),
            text=_read_text(raw, "comment_text"),
            blocks=tuple(raw.get("comment") or ()),
            user=_read_person(raw.get("user")),
            resolved=bool(raw.get("resolved")),
            date_ms=parse_number(raw.get("date")) or 0,
            reply_count=parse_number(raw.get("reply_count")) or 0,
            assignee=_read_person(raw.get("assignee")),
            reactions=tuple(raw.get("reactions") or ()),
        )


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of a checklist."""

    id: str
    name: str
    resolved: bool
    assignee: Person | None

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an item object."""
        assignee = _read_person(raw.get("assignee"))
        return cls(str(raw["id"]), _read_text(raw, "name"), bool(raw.get("resolved")), assignee)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist of a task."""

    id: str
    name: str
    items: tuple[ChecklistItem, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a checklist object, of a task or of an answer."""
        items = tuple(map(ChecklistItem.parse, read_objects(raw, "items", "id")))
        return cls(str(raw["id"]), _read_text(raw, "name"), items)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a task or in a field.

    `size` (bytes) and `media_type` are not in the answer to an upload (v2): read the task.
    """

    id: str
    title: str
    url: str
    date_ms: int
    size: int | None = None
    media_type: str = ""

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an attachment object."""
        date_ms = parse_number(raw.get("date") or raw.get("date_created")) or 0  # v2, v3
        size, media_type = (
            parse_number(raw.get("size")),
            _read_text(raw, "mimetype") or _read_text(raw, "mime_type"),
        )
        title, url = _read_text(raw, "title"), _read_text(raw, "url")
        return cls(str(raw["id"]), title, url, date_ms, size, media_type)


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Tracked time of one person; `duration_ms` is negative while the timer runs."""

    id: str
    task_id: str
    user: Person | None
    start_ms: int
    duration_ms: int
    description: str = ""

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an entry of the listing; an entry may belong to no task."""
        task = raw.get("task")
        return cls(
            str(raw["id"]),
            _read_text(task, "id") if isinstance(task, dict) else "",
            _read_person(raw.get("user")),
            parse_number(raw.get("start")) or 0,
            parse_number(raw.get("duration")) or 0,
            _read_text(raw, "description"),
        )

    @classmethod
    def of_person(cls, raw: Raw, task_id: str) -> list[Self]:
        """From what one person has tracked on a task: `user` and `intervals`."""
        return [
            cls(
                str(interval["id"]),
                task_id,
                _read_person(raw.get("user")),
                parse_number(interval.get("start")) or 0,
                parse_number(interval.get("time")) or 0,
            )
            for interval in read_objects(raw, "intervals", "id")
        ]


class Parent(IntEnum):
    """What a doc can sit in."""

    SPACE = 4
    FOLDER = 5
    LIST = 6
    EVERYTHING = 7
    WORKSPACE = 12


@dataclass(frozen=True, slots=True)
class Doc:
    """A document; its text is in its pages."""

    id: str
    name: str
    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a doc object."""
        return cls(str(raw["id"]), _read_text(raw, "name"), raw)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a doc; `content` is Markdown when the whole page was read."""

    id: str
    name: str
    content: str
    pages: tuple["Page", ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a page object or an entry of the page listing."""
        children = tuple(map(Page.parse, raw.get("pages") or ()))
        return cls(str(raw["id"]), _read_text(raw, "name"), _read_text(raw, "content"), children)


@dataclass(frozen=True, slots=True)
class Channel:
    """A chat channel; `raw` is the object as ClickUp sent it."""

    id: str
    name: str
    raw: Raw

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a channel object."""
        return cls(str(raw["id"]), _read_text(raw, "name"), raw)


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message; `content` in the format that was asked for."""

    id: str
    content: str
    user_id: int | None
    date_ms: int

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From a message object."""
        user_id, date_ms = parse_number(raw.get("user_id")), parse_number(raw.get("date")) or 0
        return cls(str(raw["id"]), _read_text(raw, "content"), user_id, date_ms)


@dataclass(frozen=True, slots=True)
class StatusTime:
    """How long a task was in a status; `since_ms` is when it (last) entered it."""

    status: str
    minutes: int
    since_ms: int | None
    kind: str = ""
    """The status's type; empty: the answer has none, as that on the current status."""

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From an entry of the time-in-status answer."""
        total = raw.get("total_time") or {}
        minutes = parse_number(total.get("by_minute")) or 0
        since_ms = parse_number(total.get("since"))
        return cls(_read_text(raw, "status"), minutes, since_ms, _read_text(raw, "type"))


@dataclass(frozen=True, slots=True)
class TimeInStatus:
    """A task's way through its statuses."""

    current: StatusTime
    history: tuple[StatusTime, ...]

    @classmethod
    def parse(cls, raw: Raw) -> Self:
        """From one task's time-in-status object."""
        history = tuple(map(StatusTime.parse, raw.get("status_history") or ()))
        return cls(StatusTime.parse(raw.get("current_status") or {}), history)
