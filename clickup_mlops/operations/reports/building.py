"""Reports: what can be built, and building one from the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from clickup_mlops import registry
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.report import build as builder
from clickup_mlops.report import period as periods
from clickup_mlops.report import render
from clickup_mlops.report.model import Every, Period, Report
from clickup_mlops.store import Store
from clickup_mlops.store.tables.incidents import Incident

Rendered: TypeAlias = str | bytes
_EXAMPLES: Final[Mapping[str, str]] = {
    **periods.EXAMPLES,
    "milestone": "86abc (the milestone's task)",
    "incident": "86abc (a task, its newest incident; or an incident's id)",
}


@dataclass(frozen=True, slots=True)
class KindOfReport:
    """A kind of report: how its periods are named, and its sections by key, with their titles."""

    every: Every
    title: str
    period: str
    sections: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report. `name` of the period, empty: the newest one that is over; of a milestone or
    incident its task. `sections`: only these; empty: all.
    """

    every: Every
    name: str = ""
    zone: str = "UTC"
    sections: Sequence[str] = ()


def kinds() -> list[KindOfReport]:
    """What can be built. Raises ConfigError: a section's file is wrong."""
    return [
        KindOfReport(every, title, _EXAMPLES[every], _titles(every))
        for every, title in builder.TITLES.items()
    ]


def formats() -> Mapping[str, Callable[[Report], Rendered]]:
    """What writes a report, by format."""
    found: dict[str, Any] = registry.find(render, "render")
    return found


def build(store: Store, workspace: str, wanted: Wanted, now_ms: int) -> Report:
    """The report.

    Raises:
        InputError: there is no such period, time zone, section, milestone or incident.
    """
    period, subject = _period(store, workspace, wanted, now_ms)
    data = builder.data_of(store, workspace, period, subject=subject)
    return builder.build(data, wanted.sections)


def _titles(every: Every) -> dict[str, str]:
    return {key: section.title for key, section in builder.sections_of(every).items()}


def _period(store: Store, workspace: str, wanted: Wanted, now_ms: int) -> tuple[Period, str]:
    """The period, and the task that the report is about."""
    every = periods.calendar(wanted.every)
    if every is None:
        if not wanted.name:
            raise InputError(f"which {wanted.every}?", hint=f"--period {_EXAMPLES[wanted.every]}.")
        find = _milestone if wanted.every == "milestone" else _incident
        return find(store, workspace, wanted, now_ms)
    if wanted.name:
        return periods.named(every, wanted.name, wanted.zone), ""
    return periods.last(every, now_ms, wanted.zone), ""


def _milestone(store: Store, _: str, wanted: Wanted, now_ms: int) -> tuple[Period, str]:
    """From its creation until it was closed, or until now."""
    row = store.mirror.get(wanted.name)
    if row is None:
        raise InputError(
            f"task {wanted.name} is not known",
            hint="The bot knows tasks that it has read: `clickup-mlops backfill` reads them.",
        )
    task = Task.parse(row.raw)
    end_ms = task.closed_ms or now_ms
    name = " ".join(task.name.split()) or task.id
    return periods.of_task("milestone", name, task.created_ms, end_ms, wanted.zone), task.id


def _incident(store: Store, workspace: str, wanted: Wanted, now_ms: int) -> tuple[Period, str]:
    """From when it was opened until just after it was closed, or until now."""
    found = _named(store.incidents.between(workspace, 0, now_ms + 1), wanted.name)
    if found is None:
        raise InputError(f"no incident {wanted.name} is known", hint="Give its task, or its id.")
    end_ms = now_ms if found.closed_ms is None else found.closed_ms + 1
    period = periods.of_task("incident", found.id, found.opened_ms, end_ms, wanted.zone)
    return period, found.task_id


def _named(incidents: Sequence[Incident], name: str) -> Incident | None:
    """By its id, or the newest one of a task."""
    return next((one for one in reversed(incidents) if name in (one.id, one.task_id)), None)
