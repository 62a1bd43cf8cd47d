"""Finds the sections, and builds reports of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from clickup_mlops import registry
from clickup_mlops.errors import InputError
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.reports import coverage
from clickup_mlops.features.reports.objectives import Objectives
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.report import Data, Every, Period, Report, SectionType
from clickup_mlops.routing.policy import Policy
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES
from clickup_mlops.views.model import Section

TITLES: Final[Mapping[Every, str]] = {
    "daily": "Daily report",
    "weekly": "Weekly report",
    "monthly": "Monthly report",
    "milestone": "Milestone report",
    "incident": "Incident report",
}
"""The kinds of reports."""
_EVER_MS: Final = 2**62


@cache
def all_sections() -> Mapping[str, SectionType]:
    """The sections by key, in their order. Raises ConfigError: a file defines none."""
    found: dict[str, SectionType] = registry.find_all("sections", "SECTION")
    return dict(sorted(found.items(), key=lambda one: (one[1].order, one[0])))


def sections_of(every: Every) -> dict[str, SectionType]:
    """The sections of this kind of report by key, in their order."""
    return {key: one for key, one in all_sections().items() if every in one.of}


def data_of(
    store: Store,
    workspace: str,
    period: Period,
    *,
    subject: str = "",
    policy: Policy | None = None,
) -> Data:
    """What sections read of a period. `subject`: the task of a milestone or an incident. `policy`
    says which fields have objectives.

    Lines of charts are means over an hour: they are kept longest, so that a report comes out the
    same however late it is built. Those of an incident are finer as long as there is something
    finer. There is no period before if the timeline does not reach back to its beginning.
    """
    finer = period.every == "incident" and _has_finer(store, period, subject)
    kept = _EVER_MS if finer else 1
    history = StoreHistory(store, workspace, period.end_ms, raw_ms=1, five_minutes_ms=kept)
    before, objectives = _before(store, period), Objectives(store, policy or Policy())
    return Data(store, history, workspace, period, before, subject, objectives.of)


def _before(store: Store, period: Period) -> Period | None:
    found, since = periods.before(period), coverage.since_ms(store)
    return None if found and since is not None and since > found.start_ms else found


def _has_finer(store: Store, period: Period, subject: str) -> bool:
    joined = [one.task_id for one in store.table(Incidents).tasks(period.name)]
    found = [one for task in {subject, *joined} for one in store.history.of_task(task)]
    times = (FIVE_MINUTES, period.start_ms, period.end_ms)
    return any(store.history.points(one.id, *times) for one in found)


def build(data: Data, wanted: Sequence[str] = ()) -> Report:
    """The report. `wanted`: only the sections with these keys; empty: all of this kind.

    Raises:
        InputError: this kind of report has no such section.
    """
    known = sections_of(data.period.every)
    if unknown := sorted({*wanted} - {*known}):
        raise InputError(
            f"a {data.period.every} report has no section {unknown[0]!r}",
            hint=f"It has: {', '.join(known)}.",
        )
    chosen = {key: one for key, one in known.items() if not wanted or key in wanted}
    return Report(_title(data), data.period, tuple(_built(chosen, data)))


def _title(data: Data) -> str:
    """Of an incident the name that its task had when it was opened: an id says nothing to people,
    and a task that gets another name makes no other report.
    """
    kind, name = TITLES[data.period.every], data.period.name
    one = data.store.table(Incidents).get(name) if data.period.every == "incident" else None
    title = " ".join(one.title.split()) if one else ""
    return f"{kind}: {title}" if title else f"{kind} {name}"


def _built(chosen: Mapping[str, SectionType], data: Data) -> Iterator[Section]:
    for key, section in chosen.items():
        if built := section.build(data):
            yield built.named(key)
