"""The state of an incident in a few lines of Markdown, for its message and its comment. Pure.

It has no running time, so that its text changes only if something has happened.
"""

from collections.abc import Callable, Iterator
from typing import Final

from clickup_mlops.clickup.blocks import build_link, escape_markdown
from clickup_mlops.features.incidents.conditions.alerts import AlertCourse
from clickup_mlops.features.incidents.conditions.incidents import (
    CAUSES,
    IncidentView,
    alerts,
    at,
    entry_line,
    events,
    minutes,
)
from clickup_mlops.store.tables.timeline import Entry

MOST_ALERTS: Final = 10
MOST_NEWS: Final = 5
MOST_TASKS: Final = 10
NEWS: Final = (*CAUSES, "status", "comment", "advice")
"""Kinds of entries that are shown as news: alerts have lines of their own, and a priority is what
the bot makes of the others."""


def status(view: IncidentView, *, links: bool = True) -> str:
    """Since when it is open or how long it lasted, call, runbook, its other tasks, its alerts, and
    what happened last. `links`: addresses are links, where the text may have some.
    """
    shown = build_link if links else _address
    parts = ([_head(view)], [*_addresses(view, shown)], [*_alerts(view)], [*_news(view)])
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def task_url(task_id: str) -> str:
    """Address of a task in ClickUp."""
    return f"https://app.clickup.com/t/{task_id}"


def _head(view: IncidentView) -> str:
    incident = view.incident
    begins = sum(_is_beginning(entry) for entry in view.entries())
    again = f" It began again {_times(begins - 1)}." if begins > 1 else ""
    if incident.closed_ms is None:
        return f"**Live incident** since {at(incident.opened_ms)}.{again}"
    lasted = minutes(view.duration_ms(incident.closed_ms))
    span = f"{at(incident.opened_ms)} to {at(incident.closed_ms)}"
    return f"**The incident is over** after {lasted}: {span}.{again}"


def _is_beginning(entry: Entry) -> bool:
    return entry.kind == "incident" and entry.value.get("to") == "opened"


def _address(_text: str, url: str) -> str:
    return escape_markdown(url)


def _addresses(view: IncidentView, shown: Callable[[str, str], str]) -> Iterator[str]:
    for name, label in (("call", "Call"), ("runbook", "Runbook")):
        if url := str(view.incident.details.get(name) or ""):
            yield f"- **{label}:** {shown(url, url)}"
    joined = [task.task_id for task in view.tasks if task.task_id != view.incident.task_id]
    if joined:
        tasks = ", ".join(shown(task_id, task_url(task_id)) for task_id in joined[:MOST_TASKS])
        yield f"- **Also affected:** {tasks}{_more(len(joined) - MOST_TASKS)}"


def _alerts(view: IncidentView) -> Iterator[str]:
    found = alerts(view)
    if found:
        yield "**Alerts:**"
    yield from (_alert(alert) for alert in found[-MOST_ALERTS:])


def _alert(alert: AlertCourse) -> str:
    fired = f", fired {_times(alert.fired)}" if alert.fired > 1 else ""
    return f"- {escape_markdown(alert.title)}: **{alert.state}**{fired}, since {at(alert.first_ms)}"


def _news(view: IncidentView) -> Iterator[str]:
    several = len(view.tasks) > 1
    found = [entry for entry in events(view) if entry.kind in NEWS]
    if found:
        yield "**Latest:**"
    yield from (entry_line(entry, several=several) for entry in found[-MOST_NEWS:])


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _more(number: int) -> str:
    return f", and {number} more" if number > 0 else ""
