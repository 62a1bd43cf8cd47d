"""Reports: what can be built, and building one from the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from clickup_mlops import registry
from clickup_mlops.errors import InputError
from clickup_mlops.features.reports import build as builder
from clickup_mlops.features.reports import render, subjects
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.find import report_sections
from clickup_mlops.ports.sections.model import Every, Report
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store import Store

if TYPE_CHECKING:
    from clickup_mlops.bot.settings import Settings

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
class ReportRequest:
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
    renderers: dict[str, Any] = registry.find(render, "render")
    return renderers


def build(
    store: Store,
    workspace: str,
    request: ReportRequest,
    now_ms: int,
    *,
    settings: "Settings | None" = None,
) -> Report:
    """The report. `settings`: else the defaults.

    Raises:
        InputError: there is no such period, time zone, section, milestone or incident.
    """
    about = _subject(store, workspace, request, now_ms)
    return builder.report(store, workspace, about, request.sections, settings=settings)


def _titles(every: Every) -> dict[str, str]:
    return {key: section.title for key, section in report_sections(every).items()}


def _subject(store: Store, workspace: str, request: ReportRequest, now_ms: int) -> Subject:
    """The period, and the task that the report is about."""
    every = periods.calendar(request.every)
    if every is not None:
        if not request.name:
            return Subject(periods.last(every, now_ms, request.zone))
        return Subject(periods.so_far(periods.named(every, request.name, request.zone), now_ms))
    if not request.name:
        raise InputError(f"which {request.every}?", hint=f"--period {_EXAMPLES[request.every]}.")
    kind = subjects.ending(request.every) or "incident"
    return subjects.find(store, workspace, kind, request.name, zone=request.zone, now_ms=now_ms)
