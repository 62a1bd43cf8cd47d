"""What expressions may read of the incident that a task joined last: `incident.…`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from clickup_mlops.automations.conditions.around import Around
from clickup_mlops.clickup.blocks import escape_markdown, format_mention
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.features.incidents.conditions.incidents import (
    IncidentView,
    charts,
    figures,
    timeline,
)
from clickup_mlops.features.incidents.conditions.status import status, task_url

T = TypeVar("T")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Look(Protocol):
    """The parts of a situation that are read here."""

    @property
    def event(self) -> Event:
        """The event."""

    @property
    def task(self) -> Task:
        """The task."""

    @property
    def now_ms(self) -> int:
        """The time."""

    @property
    def around(self) -> Around:
        """What else may be asked."""


def _of(read: Callable[[IncidentView, Look], T], without: T) -> Callable[[Look], T]:
    def value(look: Look) -> T:
        view = look.around.incident()
        return without if view is None else read(view, look)

    return value


def since_ms(look: Look) -> int:
    """When the last status update was due, by the event that asks for another one; else 0."""
    told = look.event.raw.get("incident") or {}
    return int(told.get("since_ms") or 0)


def _team(view: IncidentView, _look: Look) -> str:
    """A Markdown line for each role with whoever has it, mentioned."""
    return _listed(view, view.incident.details.get("people") or {})


def _people(view: IncidentView, _look: Look) -> str:
    """The same without mentions, which would notify them."""
    return _listed(view, {})


def _listed(view: IncidentView, ids: Mapping[str, int]) -> str:
    roles = {"Lead": view.incident.lead} | dict(view.incident.details.get("roles") or {})
    named = ((role, name) for role, name in roles.items() if name)
    lines = (f"- **{escape_markdown(role)}:** {_mentioned(name, ids)}" for role, name in named)
    return "\n".join(lines)


def _detail(name: str) -> Callable[[Look], str]:
    return _of(lambda view, _look: str(view.incident.details.get(name) or ""), "")


def _mentioned(name: str, ids: Mapping[str, int]) -> str:
    return format_mention(ids[name], name) if name in ids else escape_markdown(name)


def _length(view: IncidentView, look: Look) -> timedelta:
    return timedelta(milliseconds=view.duration_ms(look.now_ms))


INCIDENT: Final[tuple[tuple[str, str, str, Callable[[Look], Any]], ...]] = (
    (
        "id",
        "string",
        "id of the incident that the task joined last, open or not; empty: of none",
        _of(lambda one, _s: one.incident.id, ""),
    ),
    ("open", "bool", "it is open", _of(lambda one, _s: one.incident.is_open, without=False)),
    ("title", "string", "its title", _of(lambda one, _s: one.incident.title, "")),
    (
        "task",
        "string",
        "id of its first task",
        _of(lambda one, _s: one.incident.task_id, ""),
    ),
    (
        "joined",
        "bool",
        "this task joined it, and is not the one it began with",
        _of(lambda one, s: one.incident.task_id != s.task.id, without=False),
    ),
    ("room", "string", "chat channel of its room", _of(lambda one, _s: one.incident.room, "")),
    (
        "lead",
        "string",
        "user name of who leads; empty: nobody",
        _of(lambda one, _s: one.incident.lead, ""),
    ),
    (
        "roles",
        "map<string,string>",
        "user names by role",
        _of(lambda one, _s: dict(one.incident.details.get("roles") or {}), {}),
    ),
    ("team", "string", "Markdown list of lead and roles, with mentions", _of(_team, "")),
    ("people", "string", "the same without mentions: nobody is notified", _of(_people, "")),
    (
        "url",
        "string",
        "address of its first task",
        _of(lambda one, _s: task_url(one.incident.task_id), ""),
    ),
    ("call", "string", "address of its call; empty: there is none", _detail("call")),
    ("runbook", "string", "address of its runbook; empty: there is none", _detail("runbook")),
    ("channel", "string", "chat channel that announces it; empty: none does", _detail("channel")),
    (
        "status",
        "string",
        "Markdown summary of its state: open or over, call, runbook, other tasks, alerts, and what "
        "happened last. It changes only if one of these does",
        _of(lambda one, _s: status(one), ""),
    ),
    (
        "opened",
        "timestamp",
        "when it began; 1970: there is none",
        _of(lambda one, _s: _EPOCH + timedelta(milliseconds=one.incident.opened_ms), _EPOCH),
    ),
    ("duration", "duration", "how long it lasted, or has lasted", _of(_length, timedelta(0))),
    (
        "tasks",
        "list<string>",
        "ids of its tasks, in the order in which they joined",
        _of(lambda one, _s: [each.task_id for each in one.tasks], []),
    ),
    (
        "timeline",
        "string",
        "Markdown list of what happened to its tasks while it was open, and of deployments in the "
        "two hours before; the newest 100",
        _of(lambda one, _s: timeline(one), ""),
    ),
    (
        "news",
        "string",
        "the part of `incident.timeline` since the last status update was due; empty: nothing",
        _of(lambda one, s: timeline(one, since_ms(s)), ""),
    ),
    (
        "figures",
        "string",
        "Markdown list of its numbers: duration, alerts, changes, deployments, and measured fields "
        "before, during and at the end",
        _of(lambda one, s: figures(one, s.now_ms), ""),
    ),
    (
        "charts",
        "string",
        "Markdown list of the charts of its tasks' measured fields, as links to the dashboard if "
        "`dashboard.public_url` is set",
        _of(lambda one, _s: charts(one), ""),
    ),
)
MARKDOWN: Final = frozenset(
    f"incident.{name}"
    for name in ("team", "people", "status", "timeline", "news", "figures", "charts")
)
"""Those that are Markdown already, in which what people wrote is escaped."""
