"""`open_incident`: open an incident for the task, or have it join one.

It begins when whoever reported it says: not when the bot saw it, which may have been away.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic import Field

from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.report_subject import STARTS
from clickup_mlops.automations.text import Text, Title
from clickup_mlops.clickup.model import Person
from clickup_mlops.config import Table
from clickup_mlops.features.incidents.alert_courses import parse_times
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.subject import SUBJECTS, folded, subject

KIND: Final = "incident"
_MS: Final = timedelta(milliseconds=1)
LONGEST_MS: Final = 7 * 86_400_000
"""A beginning that is further back, or in the future, says nothing of this outage."""


class Options(Table):
    """What it is about, who leads, and where people meet."""

    same: tuple[Text, ...] = (Text("model|model_name"), Text("service"), Text("group_key"))
    """What it is about: labels of alerts, or custom fields, the most important first, each with its
    names as `model|model_name`; or texts such as `${task.list_id}`. A task joins the incident that
    is open if the first of these that both have is the same, if one has the title that the other
    one has as a value, or if both are about the same alert or task. An incident that ended less
    than `window` ago opens again, so that an alert that flaps makes one incident."""
    window: timedelta = Field(timedelta(hours=1), ge=timedelta(0))
    """How long after its end an incident opens again instead of another one."""
    ask_for: timedelta = Field(timedelta(0), ge=timedelta(0))
    """How long one that may be the same outage as a live one waits for an answer, as
    `incidentAsked`, before it is `incidentOpened`. 0: not at all; nor does an alert wait."""
    title: Title = Title("${task.name}")
    """Its title."""
    lead: Text = Text("")
    """Who leads, as `on_call` or a member. A name that is nobody's leaves it open."""
    on_call: Text = Text("")
    """Who is to be assigned to its tasks, `incident.on_call`: as `assign` takes it."""
    roles: tuple[Text, ...] = ()
    """More roles, each as `Communications: on_call:comms`."""
    room: Text = Text("incident-${task.id}")
    """Chat channel in which people meet; `post_room` writes there."""
    thread: bool = False
    """Whether the room is a thread of that channel, so that many incidents share the channel."""
    call: Text = Text("")
    """Address of its call, `incident.call`."""
    runbook: Text = Text("")
    """Address of its runbook, `incident.runbook`."""
    channel: Text = Text("")
    """Chat channel in which it is announced, `incident.channel`."""
    update_every: timedelta | None = Field(None, ge=timedelta(minutes=1))
    """How often `incidentUpdateDue` comes while it is open. Unset: never."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing while the task is part of an open incident."""
    view = situation.lookups.view(IncidentView)
    if view is not None and view.affects(situation.task.id):
        return None
    texts = ("title", "room")
    filled = {name: getattr(options, name).fill(situation).strip() for name in texts}
    if empty := [name for name, value in filled.items() if not value]:
        raise Unanswered(f"{empty[0]} is empty here")
    lead = _find_person(situation, options.lead.fill(situation))
    roles = _find_roles(situation, options.roles)
    people = filter(None, (lead, *roles.values()))
    about = _build_subject(situation, options)
    after = filled | {
        "key": next((values[0] for values in about["labels"].values()), situation.task.id),
        SUBJECTS: {situation.task.id: about},
        "id": f"{situation.task.id}-{situation.now_ms}",
        "lead": lead.username if lead else "",
        "on_call": options.on_call.fill(situation).strip(),
        "roles": {role: person.username for role, person in roles.items()},
        "people": {person.username: person.id for person in people},
        "call": options.call.fill(situation).strip(),
        "runbook": options.runbook.fill(situation).strip(),
        "channel": options.channel.fill(situation).strip(),
        "thread": options.thread,
        "opened_ms": find_beginning_ms(situation),
        "at_ms": situation.now_ms,
        "window_ms": options.window // _MS,
        "same": [text.source for text in options.same],
        # An alert has nobody who could answer: it must not wait.
        "ask_ms": 0 if about["alerts"] else options.ask_for // _MS,
        "every_ms": options.update_every // _MS if options.update_every else 0,
        "chain": [*situation.chain, (situation.event.key, situation.automation)],
    }
    facts = filled | {"key": after["key"], "lead": lead.username if lead else ""}
    return Change(KIND, None, after, f"open or join an incident: {filled['title']:.80}", facts)


def _build_subject(situation: Situation, options: Options) -> Mapping[str, Any]:
    labels = [text.source for text in options.same]
    about = subject(situation.task, labels, situation.lookups.about())
    texts = (text for text in options.same if "${" in text.source)
    values = {text.source: folded(text.fill(situation)) for text in texts}
    named = about["labels"] | {name: [value] for name, value in values.items() if value}
    # In the order of the option: the most important one decides.
    return {**about, "labels": {name: named[name] for name in labels if name in named}}


def _find_roles(situation: Situation, roles: Iterable[Text]) -> dict[str, Person]:
    people = {}
    for text in roles:
        role, colon, name = text.fill(situation).partition(":")
        if not colon or not role.strip():
            raise Unanswered(f'roles: "{text}" is not of the form "Role: name"')
        people[role.strip()] = _find_person(situation, name)
    return {role: person for role, person in people.items() if person}


def _find_person(situation: Situation, name: str) -> Person | None:
    """None if the name is nobody's: that must not keep an incident from being opened."""
    if not name.strip():
        return None
    try:
        return next(iter(situation.names.people(name.strip())), None)
    except Unanswered:
        return None


def find_beginning_ms(situation: Situation) -> int:
    """Since when users are affected (Unix ms): the start of the alert, else the creation of the
    task whose text reports it, else when a person said so; now, if that is unknown or makes no
    sense.
    """
    now_ms = situation.now_ms
    times = [at_ms for at_ms in _list_times(situation) if now_ms - LONGEST_MS <= at_ms <= now_ms]
    return min(times, default=now_ms)


def _list_times(situation: Situation) -> Iterable[int]:
    event = situation.event
    report = event.raw.get("report") or {}
    if report.get("state") == "firing":
        return parse_times([(report.get("facts") or {}).get(STARTS)])
    if event.creates:
        # A task that was made for an alert began with the alert, not with the task.
        starts = [about.get(STARTS) for about in situation.lookups.about()]
        # A tag may have been added since, which says it later: that has an event of its own, and
        # both are handled together if the bot was away.
        task = situation.task
        return [*parse_times(starts)] or [task.updated_ms if task.tags else task.created_ms]
    return [event.date_ms] if event.date_ms is not None else []


ACTION = ActionType(
    "Open an incident, or join one.",
    Options,
    plan,
    writes=(KIND,),
    named=lambda options: [
        str(options.lead),
        *str(options.on_call).split(","),
        *(str(role).partition(":")[2] for role in options.roles),
    ],
    does_without=("lead", "on_call", "call", "runbook", "channel"),
)
