"""An incident as automations see it: what happened, in Markdown, and its numbers. Pure.

What people and tools wrote is escaped: it makes no link, no mark and no mention.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.features.incidents.conditions.alerts import AlertCourse, courses, firing_at
from clickup_mlops.features.incidents.tables.incidents import Incident, IncidentTask
from clickup_mlops.store.tables.timeline import Entry

BEFORE_MS: Final = 2 * 3_600_000
"""Deployments and the like so long before the beginning are part of the timeline."""
ALERT_BEFORE_MS: Final = 7 * 24 * 3_600_000
"""An alert that fires when the incident begins is looked for so long before."""
CAUSES: Final = ("deployment", "version", "pipeline")
"""Kinds of entries that are shown from before the beginning."""
MOST_LINES: Final = 100
"""Entries that a timeline shows; the newest, and how many are left out."""
LONGEST_LINE: Final = 300
"""Characters of an entry's text."""
MOST_GAPS: Final = 3
"""Interruptions that are named of a measured field."""
_COUNTED: Final[Mapping[str, str]] = {
    "priority": "Changes of priority",
    "status": "Changes of status",
    "deployment": "Deployments",
    "version": "Versions",
    "comment": "Comments",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured field of a task of the incident: its last value before, the lowest and highest
    while it lasted, and the last. None: not measured then. `gaps`: from when to when (Unix ms)
    nothing was measured while it lasted.
    """

    field: str
    unit: str
    before: float | None
    lowest: float | None
    highest: float | None
    last: float | None
    gaps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart of a measured field. `url` leads to it; empty: the dashboard has no address."""

    title: str
    url: str = ""


def _no_charts() -> Sequence[Charted]:
    return ()


def _no_entries() -> Sequence[Entry]:
    return ()


def _no_picture() -> bytes | None:
    return None


def _no_states() -> Mapping[str, str]:
    return {}


def _no_numbers() -> Sequence[Measured]:
    return ()


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The incident that a task joined last. `entries` are those of all its tasks, oldest first;
    they, `measured`, `charts` and `picture` are read if they are asked for.
    """

    incident: Incident
    tasks: tuple[IncidentTask, ...]
    entries: Callable[[], Sequence[Entry]] = _no_entries
    measured: Callable[[], Sequence[Measured]] = _no_numbers
    charts: Callable[[], Sequence[Charted]] = _no_charts
    picture: Callable[[], bytes | None] = _no_picture
    """PNG of the charts; None: there is none."""
    alert_states: Callable[[], Mapping[str, str]] = _no_states
    """`firing` or `resolved`, by the keys of the alerts about its tasks."""

    def affects(self, task_id: str) -> bool:
        """Whether the incident is open, and the task has not left it."""
        known = any(one.task_id == task_id and one.left_ms is None for one in self.tasks)
        return self.incident.is_open and known

    def duration_ms(self, now_ms: int) -> int:
        """How long it lasted, or has lasted."""
        end_ms = now_ms if self.incident.closed_ms is None else self.incident.closed_ms
        return max(0, end_ms - self.incident.opened_ms)


def timeline(view: IncidentView, since_ms: int = 0) -> str:
    """A Markdown list of what happened since then (Unix ms); empty if nothing did."""
    shown = [entry for entry in events(view) if entry.at_ms >= since_ms]
    left_out = len(shown) - MOST_LINES
    lines = [entry_line(one, several=len(view.tasks) > 1) for one in shown[-MOST_LINES:]]
    if left_out > 0:
        lines.insert(0, f"- {left_out:,} earlier entries are left out.")
    return "\n".join(lines)


def events(view: IncidentView) -> list[Entry]:
    """What belongs to the incident, oldest first: what happened while it was open, what may have
    caused it, and the reports of the alerts that fired when it began.
    """
    entries, start_ms = view.entries(), view.incident.opened_ms
    early = {entry.key for entry in firing_at(entries, start_ms)}
    early |= {entry.key for entry in entries if entry.kind in CAUSES and entry.at_ms < start_ms}
    return [entry for entry in entries if entry.at_ms >= start_ms or entry.key in early]


def alerts(view: IncidentView) -> list[AlertCourse]:
    """The alerts of the incident, each once."""
    return courses(events(view), view.alert_states())


def charts(view: IncidentView) -> str:
    """A Markdown list of the charts of what was measured of its tasks, and how to draw them."""
    found = view.charts()
    if not found:
        return "Nothing was measured of its tasks."
    lines = [
        f"- [{escape_markdown(one.title)}]({one.url})"
        if one.url
        else f"- {escape_markdown(one.title)}"
        for one in found
    ]
    command = (
        f"clickup-mlops report build incident --period {view.incident.id} --output report.html"
    )
    return "\n".join([*lines, "", f"`{command}` draws them with the timeline."])


def figures(view: IncidentView, now_ms: int) -> str:
    """A Markdown list of its numbers, each with its unit."""
    return "\n".join(f"- **{name}:** {value}" for name, value in _figures(view, now_ms))


def _figures(view: IncidentView, now_ms: int) -> Iterator[tuple[str, str]]:
    one = view.incident
    yield "Began", at(one.opened_ms)
    if one.closed_ms is not None:
        yield "Ended", at(one.closed_ms)
    yield "Duration", minutes(view.duration_ms(now_ms))
    yield "Tasks", str(len(view.tasks))
    entries = [entry for entry in events(view) if entry.at_ms >= one.opened_ms]
    if number := len(alerts(view)):
        yield "Alerts", f"{number:,}"
    if (response_ms := _response_ms(one, entries)) is not None:
        yield "First comment by a person after", minutes(response_ms)
    counts = Counter[str](entry.kind for entry in entries if _is_change(entry))
    yield from ((name, f"{counts[kind]:,}") for kind, name in _COUNTED.items() if counts[kind])
    yield from _measured(view.measured())


def _is_change(entry: Entry) -> bool:
    """Of a status: not the one that a task had when it was first seen."""
    return entry.kind != "status" or bool(entry.value.get("from"))


def _measured(numbers: Iterable[Measured]) -> Iterator[tuple[str, str]]:
    for one in numbers:
        unit = f" {one.unit}" if one.unit else ""
        before = "not measured before" if one.before is None else f"{one.before:,.10g} before"
        yield escape_markdown(one.field), f"{before}, {_during(one)}{unit}{_interrupted(one)}"


def _during(one: Measured) -> str:
    if one.lowest is None or one.highest is None or one.last is None:
        return "not measured during"
    return f"{one.lowest:,.10g} to {one.highest:,.10g} during, {one.last:,.10g} last"


def _interrupted(one: Measured) -> str:
    """That the numbers are not those of all of the time."""
    gaps = [f"from {at(start_ms)} to {at(end_ms)}" for start_ms, end_ms in one.gaps]
    more = len(gaps) - MOST_GAPS
    shown = ", ".join(gaps[:MOST_GAPS]) + (f", and {more} times more" if more > 0 else "")
    return f"; interrupted {shown}" if gaps else ""


def _response_ms(incident: Incident, entries: Iterable[Entry]) -> int | None:
    found = (entry.at_ms for entry in entries if entry.kind == "comment")
    first_ms = next(found, None)
    return None if first_ms is None else first_ms - incident.opened_ms


def entry_line(entry: Entry, *, several: bool) -> str:
    """An entry as a line of a Markdown list. `several`: it names its task."""
    text = " ".join(entry.headline.split())
    short = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
    by = f" ({escape_markdown(entry.actor)})" if entry.actor else ""
    where = f" [{entry.task_id}]" if several and entry.task_id else ""
    return (
        f"- {at(entry.at_ms)} **{entry.kind}**{escape_markdown(where)}: "
        f"{escape_markdown(short)}{by}"
    )


def at(at_ms: int) -> str:
    """A time as people read it, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def minutes(ms: int) -> str:
    """A length of time in hours and minutes; below a minute in seconds."""
    whole, seconds = divmod(ms // 1000, 60)
    hours, rest = divmod(whole, 60)
    if hours:
        return f"{hours} h {rest} min"
    return f"{rest} min" if whole else f"{seconds} s"
