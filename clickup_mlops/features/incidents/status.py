"""The state of an incident in a few lines of Markdown, for its message and its comment. Pure.

It has no running time, so that its text changes only if something has happened.
"""

from collections.abc import Callable, Iterator
from typing import Final

from clickup_mlops.clickup.blocks import build_link, escape_markdown
from clickup_mlops.features.incidents.alert_courses import FIRING, AlertCourse
from clickup_mlops.features.incidents.course import Kind, get_report
from clickup_mlops.features.incidents.incident import QUESTION, Incident, IncidentTask
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.subject import APART
from clickup_mlops.features.incidents.summary import (
    CAUSES,
    find_refusal,
    format_entry,
    format_length,
    format_time,
    is_change,
    list_alerts,
    list_news,
)
from clickup_mlops.store.timeline_rows import Entry

MOST_ALERTS: Final = 10
MOST_NEWS: Final = 5
MOST_TASKS: Final = 10
_REPORTED: Final[tuple[tuple[Kind, str], ...]] = (
    ("severity", "Severity"),
    ("stage", "Stage"),
    ("alerts", "Alerts"),
    ("text", "Update"),
)
NEWS: Final = (*CAUSES, "status", "comment", "advice")
"""Kinds of entries that are shown as news: alerts have lines of their own, and a priority is what
the bot makes of the others."""


def format_status(view: IncidentView, *, links: bool = True) -> str:
    """Since when it is open or how long it lasted, call, runbook, its other tasks, its alerts, and
    what happened last. `links`: addresses are links, where the text may have some.
    """
    format_link = build_link if links else _format_address
    parts = (
        [_format_head(view), *_list_resembling(view, format_link)],
        [*_list_reports(view.incident)],
        [*_list_addresses(view, format_link)],
        [*_list_alerts(view)],
        [*_list_news(view)],
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def task_url(task_id: str) -> str:
    """Address of a task in ClickUp."""
    return f"https://app.clickup.com/t/{task_id}"


def _format_head(view: IncidentView) -> str:
    incident = view.incident
    begins = sum(_is_beginning(entry, incident.id) for entry in view.entries())
    again = f" It began again {_format_times(begins - 1)}." if begins > 1 else ""
    if incident.closed_ms is None:
        return f"**Live incident** since {format_time(incident.opened_ms)}.{again}"
    length = format_length(view.duration_ms(incident.closed_ms))
    span = f"{format_time(incident.opened_ms)} to {format_time(incident.closed_ms)}"
    return f"{_format_end(view)} after {length}: {span}.{again}"


def _format_end(view: IncidentView) -> str:
    refusal = find_refusal(view)
    if refusal is None:
        return "**The incident is over**"
    because = refusal.because.removesuffix(".")
    why = f", because {escape_markdown(because)}," if because else ""
    return f"**It was no incident**, as {escape_markdown(refusal.user)} said{why}"


def _list_resembling(view: IncidentView, format_link: Callable[[str, str], str]) -> Iterator[str]:
    """The decision is a person's: the command is there to be copied."""
    if (other := view.read_resembling()) is not None:
        link = format_link(other.title or other.task_id, task_url(other.task_id))
        yield (
            f"- **The same outage?** {link} is live since {format_time(other.opened_ms)}. "
            f"If it is, write `/incident join {other.task_id}`.{_format_deadline(view.incident)}"
        )
    for asking in view.read_asking() if view.incident.is_open else ():
        link = format_link(asking.title or asking.task_id, task_url(asking.task_id))
        yield (
            f"- **The same outage?** {link} is reported since {format_time(asking.opened_ms)}. "
            f"Write `/incident join {view.incident.task_id}` there, or `/incident yes` if not."
        )


def _format_deadline(incident: Incident) -> str:
    """What becomes of an incident that asks."""
    if not incident.original_id:
        return ""
    until = format_time(int(incident.details[QUESTION]["until_ms"]))
    return (
        " If not, write `/incident yes`; without an answer it opens, or joins one that "
        f"opened so before, at {until} at the latest."
    )


def _list_reports(incident: Incident) -> Iterator[str]:
    """What people have said of it; the lead stands among the roles."""
    for kind, label in _REPORTED:
        report = get_report(incident, kind)
        if report is not None:
            words = filter(None, (report.value.capitalize(), report.text))
            if kind == "severity":
                words = filter(None, (report.value, report.text))
            said = escape_markdown(": ".join(words))
            by = f"{format_time(report.at_ms)}, {escape_markdown(report.by)}"
            yield f"- **{label}:** {said} ({by})"


def _is_beginning(entry: Entry, incident_id: str) -> bool:
    """Of this incident: one that has become a part of it began by itself."""
    if entry.kind != "incident" or entry.value.get("to") != "opened":
        return False
    return entry.value.get("incident") == incident_id


def _format_address(_text: str, url: str) -> str:
    return escape_markdown(url)


def _list_addresses(view: IncidentView, format_link: Callable[[str, str], str]) -> Iterator[str]:
    for name, label in (("call", "Call"), ("runbook", "Runbook")):
        if url := str(view.incident.details.get(name) or ""):
            yield f"- **{label}:** {format_link(url, url)}"
    joined = [task.task_id for task in view.tasks if _is_affected_besides(view.incident, task)]
    if joined:
        links = [
            format_link(view.title(task_id), task_url(task_id)) for task_id in joined[:MOST_TASKS]
        ]
        yield f"- **Also affected:** {', '.join(links)}{_format_hidden(len(joined) - MOST_TASKS)}"


def _is_affected_besides(incident: Incident, task: IncidentTask) -> bool:
    """One that has left counts when the incident is over, unless people have moved it to another
    one: it was never affected by this one.
    """
    is_apart = task.task_id in incident.details.get(APART, ())
    has_left = task.left_ms is not None and (incident.is_open or is_apart)
    return task.task_id != incident.task_id and not has_left


def _list_alerts(view: IncidentView) -> Iterator[str]:
    alerts = list_alerts(view)
    if alerts:
        yield "**Alerts:**"
    yield from (_format_alert(alert) for alert in alerts[-MOST_ALERTS:])


def _format_alert(alert: AlertCourse) -> str:
    fired = f", fired {_format_times(alert.fired)}" if alert.fired > 1 else ""
    since = "since" if alert.state == FIRING else "first at"
    began = f"{since} {format_time(alert.first_ms)}"
    return f"- {escape_markdown(alert.title)}: **{alert.state}**{fired}, {began}"


def _list_news(view: IncidentView) -> Iterator[str]:
    name = view.title if len(view.tasks) > 1 else None
    news = [entry for entry in list_news(view) if entry.kind in NEWS and is_change(entry)]
    if news:
        yield "**Latest:**"
    yield from (format_entry(entry, name) for entry in news[-MOST_NEWS:])


def _format_times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _format_hidden(number: int) -> str:
    return f", and {number} more" if number > 0 else ""
