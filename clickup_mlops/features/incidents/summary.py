"""What happened in an incident, and its numbers, in Markdown. Pure.

What people and tools wrote is escaped: it makes no link, no mark and no mention.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from clickup_mlops.bot.handle.results.timeline_entries import FOUND
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.commands import parsing
from clickup_mlops.commands.dispatch import UNDO
from clickup_mlops.features.incidents.alert_courses import (
    AlertCourse,
    list_courses,
    list_firing_reports,
    parse_times,
)
from clickup_mlops.features.incidents.course import get_report
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.model import IncidentView, Measured, Refusal
from clickup_mlops.features.incidents.subject import APART
from clickup_mlops.store.timeline_rows import Entry

BEFORE_MS: Final = 2 * 3_600_000
"""Deployments and the like so long before the beginning are part of the timeline."""
ALERT_BEFORE_MS: Final = 7 * 24 * 3_600_000
"""An alert that fires when the incident begins is looked for so long before."""
REPORTED_MS: Final = 86_400_000
"""Reports of its end are looked for so long after it."""
CAUSES: Final = ("deployment", "version", "pipeline")
"""Kinds of entries that are shown from before the beginning."""
MOST_LINES: Final = 100
"""Entries that a timeline shows; the newest, and how many are left out."""
LONGEST_LINE: Final = 300
"""Characters of an entry's text."""
COMMANDS: Final = ("ack", "incident", "lead", "silence")
"""Commands about an incident; what people say in a room about anything else is for people."""
MOST_GAPS: Final = 3
"""Interruptions that are named of a measured field."""
_COUNTED: Final[Mapping[str, str]] = {
    "priority": "Changes of priority",
    "status": "Changes of status",
    "deployment": "Deployments",
    "version": "Versions",
    "comment": "Comments",
}


def format_timeline(view: IncidentView, since_ms: int = 0) -> str:
    """A Markdown list of what happened since then (Unix ms); empty if nothing did."""
    entries = [entry for entry in list_news(view) if entry.at_ms >= since_ms]
    hidden = len(entries) - MOST_LINES
    name = view.title if len(view.tasks) > 1 else None
    lines = [format_entry(entry, name) for entry in entries[-MOST_LINES:]]
    if hidden > 0:
        lines.insert(0, f"- {hidden:,} earlier entries are left out.")
    return "\n".join(lines)


def list_events(view: IncidentView) -> list[Entry]:
    """What belongs to the incident, oldest first: what happened while it was open, what may have
    caused it, and the reports of the alerts that fired when it began.
    """
    entries, start_ms = view.entries(), view.incident.opened_ms
    early = {entry.key for entry in list_firing_reports(entries, start_ms)}
    early |= {entry.key for entry in entries if entry.kind in CAUSES and entry.at_ms < start_ms}
    return [entry for entry in entries if entry.at_ms >= start_ms or entry.key in early]


def until_known(entries: Iterable[Entry], end_ms: int) -> list[Entry]:
    """Those from before the end (Unix ms) was known: an alert ends when its tool says, which may be
    reported later, and until then people work on a live incident.
    """
    all_entries = _drop_found(entries)
    known_ms = find_known_ms(all_entries, end_ms)
    return [entry for entry in all_entries if entry.at_ms <= known_ms]


def _drop_found(entries: Iterable[Entry]) -> list[Entry]:
    """Without a status that a back-fill found when its event, which came late, reports it, too: the
    event says who set it; when, is said by the task, as for its end.
    """
    all_entries = [*entries]
    statuses = [entry for entry in all_entries if entry.kind == "status"]
    pairs = [
        (found, reported)
        for found in statuses
        for reported in statuses
        if found.key.startswith(FOUND) and _is_same_status(found, reported)
    ]
    dropped = {found.key for found, _reported in pairs}
    at_ms = {reported.key: found.at_ms for found, reported in pairs}
    return [
        replace(entry, at_ms=at_ms.get(entry.key, entry.at_ms))
        for entry in all_entries
        if entry.key not in dropped
    ]


def _is_same_status(found: Entry, reported: Entry) -> bool:
    """ClickUp dates a change and the task that it changed a few milliseconds apart."""
    return (
        not reported.key.startswith(FOUND)
        and found.task_id == reported.task_id
        and found.value["to"] == reported.value["to"]
        and abs(found.at_ms - reported.at_ms) <= SLACK_MS
    )


def find_known_ms(entries: Iterable[Entry], end_ms: int) -> int:
    """When the end was known, by the reports among these entries (Unix ms)."""
    return max([end_ms, *(entry.at_ms for entry in entries if _is_over(entry, end_ms))])


def _is_over(entry: Entry, end_ms: int) -> bool:
    """Whether it reports an alert that had ended by then."""
    is_end = entry.kind == "alert" and entry.value.get("state") == "resolved"
    times = parse_times([entry.value.get("ends")]) if is_end else ()
    return any(time_ms <= end_ms for time_ms in times)


def list_news(view: IncidentView) -> list[Entry]:
    """The same as people read it."""
    return drop_repeated(list_events(view))


def drop_repeated(entries: Iterable[Entry]) -> list[Entry]:
    """Those without commands about the incident: what they said has an entry of its own. An alert
    that is about several of its tasks is reported once.
    """
    news = [entry for entry in entries if not _is_command(entry)]
    once = {_identify(entry): entry for entry in reversed(news)}
    return [entry for entry in news if once[_identify(entry)] is entry]


def _identify(entry: Entry) -> tuple[object, ...]:
    is_alert = entry.kind == "alert"
    return (entry.at_ms, entry.headline) if is_alert else (entry.key,)


def _is_command(entry: Entry) -> bool:
    command = parsing.find(entry.headline) if entry.kind == "comment" else None
    if command is None or command.name not in COMMANDS:
        return command is not None and command.name == UNDO
    # Why it is an incident, or none, is said nowhere else.
    return command.arguments.casefold().split(maxsplit=1)[:1] not in (["yes"], ["no"])


def list_alerts(view: IncidentView) -> list[AlertCourse]:
    """The alerts of the incident, each once."""
    return list_courses(list_events(view), view.alert_states())


def format_charts(view: IncidentView) -> str:
    """A Markdown list of the charts of what was measured of its tasks, and how to draw them."""
    charts = view.charts()
    if not charts:
        return "Nothing was measured of its tasks."
    titles = [(escape_markdown(chart.title), chart.url) for chart in charts]
    lines = [f"- [{title}]({url})" if url else f"- {title}" for title, url in titles]
    command = (
        f"clickup-mlops report build incident --period {view.incident.id} --output report.html"
    )
    return "\n".join([*lines, "", f"`{command}` draws them with the timeline."])


def format_figures(view: IncidentView, now_ms: int) -> str:
    """A Markdown list of its numbers, each with its unit."""
    return "\n".join(f"- **{name}:** {value}" for name, value in _list_figures(view, now_ms))


def _list_figures(view: IncidentView, now_ms: int) -> Iterator[tuple[str, str]]:
    incident = view.incident
    yield "Began", format_time(incident.opened_ms)
    if incident.closed_ms is not None:
        yield "Ended", format_time(incident.closed_ms)
    yield "Duration", format_length(view.duration_ms(now_ms))
    yield from _list_stages(incident)
    yield "Tasks", str(len(view.tasks))
    entries = [entry for entry in list_events(view) if entry.at_ms >= incident.opened_ms]
    if number := len(list_alerts(view)):
        yield "Alerts", f"{number:,}"
    if (response_ms := _response_ms(incident, entries)) is not None:
        yield "First comment by a person after", format_length(response_ms)
    counts = Counter[str](entry.kind for entry in drop_repeated(entries) if is_change(entry))
    yield from ((name, f"{counts[kind]:,}") for kind, name in _COUNTED.items() if counts[kind])
    yield from _list_measured(view.measured())


def _list_stages(incident: Incident) -> Iterator[tuple[str, str]]:
    """How severe it was, and how far people were when, as they said."""
    if severity := get_report(incident, "severity"):
        yield "Severity", severity.value
    if (stage := get_report(incident, "stage")) is not None:
        length = format_length(max(0, stage.at_ms - incident.opened_ms))
        yield f"{stage.value.capitalize()} after", length


def is_change(entry: Entry) -> bool:
    """Of a status: not the one that a task had when it was first seen."""
    return entry.kind != "status" or bool(entry.value.get("from"))


def _list_measured(fields: Iterable[Measured]) -> Iterator[tuple[str, str]]:
    for field in fields:
        unit = f" {field.unit}" if field.unit else ""
        before = "not measured before" if field.before is None else f"{field.before:,.10g} before"
        text = f"{before}, {_format_during(field)}{unit}{_format_gaps(field)}"
        yield escape_markdown(field.field), text


def _format_during(field: Measured) -> str:
    if field.lowest is None or field.highest is None or field.last is None:
        return "not measured during"
    return f"{field.lowest:,.10g} to {field.highest:,.10g} during, {field.last:,.10g} last"


def _format_gaps(field: Measured) -> str:
    """That the numbers are not those of all of the time."""
    gaps = [
        f"from {format_time(start_ms)} to {format_time(end_ms)}" for start_ms, end_ms in field.gaps
    ]
    hidden = len(gaps) - MOST_GAPS
    text = ", ".join(gaps[:MOST_GAPS]) + (f", and {hidden} times more" if hidden > 0 else "")
    return f"; interrupted {text}" if gaps else ""


def _response_ms(incident: Incident, entries: Iterable[Entry]) -> int | None:
    comments = (entry.at_ms for entry in entries if entry.kind == "comment")
    first_ms = next(comments, None)
    return None if first_ms is None else first_ms - incident.opened_ms


def format_entry(entry: Entry, name: Callable[[str], str] | None) -> str:
    """An entry as a line of a Markdown list. `name`: of its task, by the id; None: it is not
    named.
    """
    text = " ".join(entry.headline.split()).removeprefix(f"{entry.kind.capitalize()}: ")
    short = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
    by = f" ({escape_markdown(entry.actor)})" if entry.actor else ""
    where = f" [{name(entry.task_id)}]" if name and entry.task_id else ""
    head = f"- {format_time(entry.at_ms)} **{entry.kind}**{escape_markdown(where)}"
    return f"{head}: {escape_markdown(short)}{by}"


def find_refusal(view: IncidentView) -> Refusal | None:
    """That it was no incident, and who said so: of each of its tasks, since it became a part of it;
    the newest. Tasks that are gone, or that people have split off, do not count. None: it is open,
    or was one, be it before it began again.
    """
    incident = view.incident
    entries = () if incident.is_open else view.entries()
    news = [
        (entry.value.get("to"), entry)
        for entry in entries
        if entry.kind == "incident" and entry.value.get("incident") == incident.id
    ]
    is_end = (
        state == "closed" and entry.at_ms < (incident.closed_ms or 0) for state, entry in news
    )
    if incident.is_open or any(is_end):
        return None
    since = {task.task_id: task.joined_ms for task in view.tasks}
    # Oldest first: the last time counts.
    since |= {entry.task_id: entry.at_ms for state, entry in news if state in ("opened", "joined")}
    apart = incident.details.get(APART, ())
    said = {name: last for name, last in view.read_refusals().items() if name not in apart}
    refusals = [last for name, last in said.items() if last and last.at_ms >= since[name]]
    is_refused = len(refusals) == len(said)
    return max(refusals, key=lambda refusal: refusal.at_ms, default=None) if is_refused else None


def format_time(at_ms: int) -> str:
    """A time as people read it, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def format_length(ms: int) -> str:
    """A length of time in hours and minutes; below a minute in seconds."""
    total, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(total, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if total else f"{seconds} s"
