"""What expressions may read of the incident that a task joined last: `incident.…`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from clickup_mlops.automations.incidents import IncidentView, figures, timeline
from clickup_mlops.automations.model import Situation, Unanswered
from clickup_mlops.clickup.blocks import literal, mention_of

T = TypeVar("T")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _of(read: Callable[[IncidentView, Situation], T], without: T) -> Callable[[Situation], T]:
    def value(situation: Situation) -> T:
        view = situation.around.incident()
        return without if view is None else read(view, situation)

    return value


def since_ms(situation: Situation) -> int:
    """When the last status update was due, by the event that asks for another one; else 0."""
    told = situation.event.raw.get("incident") or {}
    return int(told.get("since_ms") or 0)


def _team(view: IncidentView, situation: Situation) -> str:
    """A Markdown line for each role with whoever has it, mentioned."""
    roles = {"Lead": view.incident.lead} | dict(view.incident.details.get("roles") or {})
    named = ((role, name) for role, name in roles.items() if name)
    lines = (f"- **{literal(role)}:** {_mentioned(name, situation)}" for role, name in named)
    return "\n".join(lines)


def _mentioned(name: str, situation: Situation) -> str:
    try:
        people = situation.names.people(name)
    except Unanswered:
        return literal(name)
    return " ".join(mention_of(one.id, one.username) for one in people)


def _length(view: IncidentView, situation: Situation) -> timedelta:
    return timedelta(milliseconds=view.duration_ms(situation.now_ms))


INCIDENT: Final[tuple[tuple[str, str, str, Callable[[Situation], Any]], ...]] = (
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
)
MARKDOWN: Final = frozenset(f"incident.{name}" for name in ("team", "timeline", "news", "figures"))
"""Those that are Markdown already, in which what people wrote is escaped."""
