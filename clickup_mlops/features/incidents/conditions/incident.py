"""What automations may read of the incident that a task joined last: `incident.…`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from pydantic import Field

from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.model import Situation, Unanswered
from clickup_mlops.automations.vocabulary import ExampleView, Variable, Vocabulary
from clickup_mlops.clickup.blocks import escape_markdown, format_mention
from clickup_mlops.features.incidents.course import COURSE, Kind, get_report
from clickup_mlops.features.incidents.events import KINDS
from clickup_mlops.features.incidents.incident import QUESTION, Incident, IncidentTask
from clickup_mlops.features.incidents.model import IncidentView, Refusal
from clickup_mlops.features.incidents.status import format_status, task_url
from clickup_mlops.features.incidents.summary import (
    find_refusal,
    format_charts,
    format_figures,
    format_timeline,
)
from clickup_mlops.store.timeline_rows import Entry

T = TypeVar("T")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class ExampleIncident(ExampleView):
    """The incident that the task of an example joined last."""

    id: str = "example-1"
    title: str = "An incident"
    task: str = ""
    """Title of the task with which it began; empty: the example's task."""
    room: str = "incident-example"
    thread: bool = False
    """The room is a thread of the channel."""
    lead: str = ""
    on_call: str = ""
    """Who is assigned to its tasks."""
    roles: dict[str, str] = Field(default_factory=dict)
    """Names by role."""
    call: str = ""
    """Address of its call."""
    runbook: str = ""
    """Address of its runbook."""
    channel: str = ""
    """Chat channel that announces it."""
    opened_for: timedelta = timedelta(minutes=30)
    """How long ago it began."""
    closed_for: timedelta | None = None
    """How long ago it ended; unset: it is open."""
    severity: str = ""
    """`SEV1` to `SEV5`, as a person has said."""
    stage: str = ""
    """`investigating`, `identified` or `mitigated`, as a person has said."""
    timeline: tuple[str, ...] = ()
    """What happened, a minute apart from its beginning on."""
    former: str = ""
    """Id of the incident of the example's task that has become a part of it by this event."""
    in_question: bool = False
    """It may be the same outage as a live one."""
    refused: bool = False
    """People have said that it is none."""
    drawn: bool = False
    """Fields of its tasks are measured, and there is a picture of their charts."""

    def view(self, task_id: str, now_ms: int) -> IncidentView:
        """The incident, with the example's task among its tasks."""
        incident = self._incident(self.task or task_id, now_ms)
        opened_ms = incident.opened_ms
        entries = [
            Entry(f"{n}", "", incident.task_id, opened_ms + n * 60_000, "incident", text)
            for n, text in enumerate(self.timeline)
        ]
        task_ids = dict.fromkeys((incident.task_id, task_id))
        tasks = tuple(IncidentTask(task_id, opened_ms) for task_id in task_ids)
        picture = b"a picture" if self.drawn else None
        refusals = dict.fromkeys(task_ids, Refusal(now_ms, "Ana")) if self.refused else {}
        former = replace(incident, id=self.former, task_id=task_id) if self.former else None
        return IncidentView(
            incident,
            tasks,
            lambda: entries,
            picture=lambda: picture,
            read_refusals=lambda: refusals,
            find_part=lambda _: former,
        )

    def _incident(self, first_task_id: str, now_ms: int) -> Incident:
        names = ("on_call", "roles", "thread", "call", "runbook", "channel")
        question = {"incident": "example-0", "until_ms": now_ms} if self.in_question else {}
        return Incident(
            id=self.id,
            workspace="",
            task_id=first_task_id,
            title=self.title,
            opened_ms=now_ms - self.opened_for // _MS,
            closed_ms=None if self.closed_for is None else now_ms - self.closed_for // _MS,
            lead=self.lead,
            room=self.room,
            details={
                **{name: getattr(self, name) for name in names},
                QUESTION: question,
                COURSE: self._reports(),
            },
        )

    def _reports(self) -> Mapping[str, Mapping[str, object]]:
        said = {"severity": self.severity, "stage": self.stage}
        return {
            kind: {"value": value, "by": "somebody", "at_ms": 0}
            for kind, value in said.items()
            if value
        }


def _reader(read: Callable[[IncidentView, Situation], T], default: T) -> Callable[[Situation], T]:
    """Reads a value of the incident; `default`: the task has joined none."""

    def read_value(situation: Situation) -> T:
        view = situation.lookups.view(IncidentView)
        return default if view is None else read(view, situation)

    return read_value


def _value(view: IncidentView, kind: Kind) -> str:
    report = get_report(view.incident, kind)
    return report.value if report else ""


def since_ms(situation: Situation) -> int:
    """When the last status update was due, by the event that asks for another one; else 0."""
    update = situation.event.raw.get("incident") or {}
    return int(update.get("since_ms") or 0)


def _get_former_id(situation: Situation) -> str:
    """Id of the incident that the task has left by the event; empty: of none."""
    return str((situation.event.raw.get("incident") or {}).get("from") or "")


def _read_former(view: IncidentView, situation: Situation) -> str:
    part = view.find_part(_get_former_id(situation))
    is_announced = part is not None and not part.original_id
    return part.id if part and is_announced and part.task_id == situation.task.id else ""


def _is_moved(view: IncidentView, situation: Situation) -> bool:
    former = _get_former_id(situation)
    is_other = former not in ("", view.incident.id)
    return is_other and situation.written(f"comment:incident/{former}") is not None


def _format_team(view: IncidentView) -> str:
    """A Markdown line for each role with whoever has it, mentioned."""
    return _format_roles(view, view.incident.details.get("people") or {})


def _format_roles(view: IncidentView, mentioned: Mapping[str, int]) -> str:
    """`mentioned`: user ids by name. Others are not notified."""
    roles = {"Lead": view.incident.lead} | dict(view.incident.details.get("roles") or {})
    lines = (
        f"- **{escape_markdown(role)}:** {_format_person(name, mentioned)}"
        for role, name in roles.items()
        if name
    )
    return "\n".join(lines)


def _format_person(name: str, mentioned: Mapping[str, int]) -> str:
    return format_mention(mentioned[name], name) if name in mentioned else escape_markdown(name)


def _text(name: str, meaning: str, read: Callable[[IncidentView, Situation], str]) -> Variable:
    return Variable(f"incident.{name}", "string", meaning, _reader(read, ""))


def _detail(name: str, meaning: str) -> Variable:
    return _text(name, meaning, lambda view, _: str(view.incident.details.get(name) or ""))


def _variable(
    name: str, kind: str, meaning: str, read: Callable[[IncidentView, Situation], T], default: T
) -> Variable:
    return Variable(f"incident.{name}", kind, meaning, _reader(read, default))


_VARIABLES: Final[tuple[Variable, ...]] = (
    _text(
        "id",
        "id of the incident that the task joined last, open or not; empty: of none",
        lambda view, _: view.incident.id,
    ),
    _variable("open", "bool", "it is open", lambda view, _: view.incident.is_open, default=False),
    _variable(
        "refused",
        "bool",
        "it is over, and people have said of each of its tasks that it is none (`/incident no`)",
        lambda view, _: find_refusal(view) is not None,
        default=False,
    ),
    _variable(
        "in_question",
        "bool",
        "it may be the same outage as a live one, and nobody has said that it is not",
        lambda view, _: bool(view.incident.original_id),
        default=False,
    ),
    _text("title", "its title", lambda view, _: view.incident.title),
    _text("task", "id of its first task", lambda view, _: view.incident.task_id),
    _variable(
        "joined",
        "bool",
        "this task joined it, and is not the one it began with",
        lambda view, situation: view.incident.task_id != situation.task.id,
        default=False,
    ),
    _variable(
        "moved",
        "bool",
        "people have joined another incident to it, and this task's comment about that one says so",
        _is_moved,
        default=False,
    ),
    _text(
        "former",
        "id of the announced incident that began with this task and has become a part of it by "
        "this event; else empty",
        _read_former,
    ),
    _variable(
        "affected",
        "bool",
        "it is open, and this task has not left it",
        lambda view, situation: view.affects(situation.task.id),
        default=False,
    ),
    _text(
        "severity",
        "`SEV1` to `SEV5`, if a person has said it (`/incident severity`); else empty",
        lambda view, _: _value(view, "severity"),
    ),
    _text(
        "stage",
        "`investigating`, `identified` or `mitigated`, if a person has said it; else empty",
        lambda view, _: _value(view, "stage"),
    ),
    _text("room", "chat channel of its room", lambda view, _: view.incident.room),
    _text("lead", "user name of who leads; empty: nobody", lambda view, _: view.incident.lead),
    _variable(
        "roles",
        "map<string,string>",
        "user names by role",
        lambda view, _: dict(view.incident.details.get("roles") or {}),
        dict[str, str](),
    ),
    _text(
        "team",
        "Markdown list of lead and roles, with mentions",
        lambda view, _: _format_team(view),
    ),
    _text(
        "people",
        "the same without mentions: nobody is notified",
        lambda view, _: _format_roles(view, {}),
    ),
    _text("url", "address of its first task", lambda view, _: task_url(view.incident.task_id)),
    _detail("on_call", "who is assigned to its tasks; empty: only the lead"),
    _detail("call", "address of its call; empty: there is none"),
    _detail("runbook", "address of its runbook; empty: there is none"),
    _detail("channel", "chat channel that announces it; empty: none does"),
    _text(
        "status",
        "Markdown summary of its state: open or over, call, runbook, other tasks, alerts, and what "
        "happened last. It changes only if one of these does",
        lambda view, _: format_status(view),
    ),
    _variable(
        "opened",
        "timestamp",
        "when it began; 1970: there is none",
        lambda view, _: _EPOCH + view.incident.opened_ms * _MS,
        _EPOCH,
    ),
    _variable(
        "duration",
        "duration",
        "how long it lasted, or has lasted",
        lambda view, situation: view.duration_ms(situation.now_ms) * _MS,
        timedelta(0),
    ),
    _variable(
        "tasks",
        "list<string>",
        "ids of its tasks, in the order in which they joined",
        lambda view, _: [task.task_id for task in view.tasks],
        list[str](),
    ),
    _text(
        "timeline",
        "Markdown list of what happened to its tasks while it was open, and of deployments in the "
        "two hours before; the newest 100",
        lambda view, _: format_timeline(view),
    ),
    _text(
        "news",
        "the part of `incident.timeline` since the last status update was due; empty: nothing",
        lambda view, situation: format_timeline(view, since_ms(situation)),
    ),
    _text(
        "figures",
        "Markdown list of its numbers: duration, alerts, changes, deployments, and measured fields "
        "before, during and at the end",
        lambda view, situation: format_figures(view, situation.now_ms),
    ),
    _text(
        "charts",
        "Markdown list of the charts of its tasks' measured fields, as links to the dashboard if "
        "`dashboard.public_url` is set",
        lambda view, _: format_charts(view),
    ),
)
_MARKDOWN: Final = ("team", "people", "status", "timeline", "news", "figures", "charts")


def _first_task_id(lookups: Lookups) -> str:
    view = lookups.view(IncidentView)
    return "" if view is None else view.incident.task_id


def _topic(lookups: Lookups) -> str:
    return f"incident/{get_view(lookups).incident.id}"


def get_view(lookups: Lookups) -> IncidentView:
    """The incident that the task joined last. Raises Unanswered: there is none."""
    view = lookups.view(IncidentView)
    if view is None:
        raise Unanswered("the task is part of no incident", hint="`open_incident` opens one.")
    return view


VOCABULARY: Final = Vocabulary(
    variables=_VARIABLES,
    markdown=frozenset(f"incident.{name}" for name in _MARKDOWN),
    events=KINDS,
    target=_first_task_id,
    topic=_topic,
    example=ExampleIncident,
)
