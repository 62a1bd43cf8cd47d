"""Builds reports of their sections."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from clickup_mlops.errors import InputError
from clickup_mlops.features.reports import coverage, subjects
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.find import report_sections
from clickup_mlops.ports.sections.model import Data, Every, Period, Query, Report, SectionType
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.routing.policy import Policy
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES
from clickup_mlops.views.model import Section

if TYPE_CHECKING:
    from clickup_mlops.bot.settings import Settings

TITLES: Final[Mapping[Every, str]] = {
    "daily": "Daily report",
    "weekly": "Weekly report",
    "monthly": "Monthly report",
    "milestone": "Milestone report",
    "incident": "Incident report",
}
"""The kinds of reports."""
_FOREVER_MS: Final = 2**62


def report(
    store: Store,
    workspace: str,
    subject: Subject,
    keys: Sequence[str] = (),
    *,
    settings: "Settings | None" = None,
) -> Report:
    """The report. `keys`: only these sections; empty: all of this kind. `settings`: else the
    defaults.

    Raises:
        InputError: this kind of report has no such section.
    """
    query = query_of(store, subject)
    return build(data_of(store, workspace, subject, settings), query, keys)


def query_of(store: Store, subject: Subject) -> Query:
    """What its sections are asked for. There is no period before if the timeline does not reach
    back to its beginning.
    """
    before, since_ms = periods.before(subject.period), coverage.since_ms(store)
    if before is not None and since_ms is not None and since_ms > before.start_ms:
        before = None
    return Query(subject.period, before, subject.task_id, draws="*")


def data_of(
    store: Store, workspace: str, subject: Subject, settings: "Settings | None" = None
) -> Data:
    """What its sections read.

    Lines of charts are means over an hour: they are kept longest, so that a report comes out the
    same however late it is built. Those of an incident are finer as long as there is something
    finer.
    """
    five_minutes_ms = _FOREVER_MS if _has_finer(store, subject) else 1
    history = StoreHistory(
        store, workspace, subject.period.end_ms, raw_ms=1, five_minutes_ms=five_minutes_ms
    )
    policy = settings.routing if settings else Policy()
    return Data(store, history, workspace, policy, configured=settings)


def _has_finer(store: Store, subject: Subject) -> bool:
    type_, period = subjects.all_types().get(subject.period.every), subject.period
    if type_ is None:
        return False
    tasks = type_.detailed_tasks(store, subject)
    all_series = [series for task in tasks for series in store.history.of_task(task)]
    times = (FIVE_MINUTES, period.start_ms, period.end_ms)
    return any(store.history.points(series.id, *times) for series in all_series)


def build(data: Data, query: Query, keys: Sequence[str] = ()) -> Report:
    """The report. `keys`: only these sections; empty: all of this kind.

    Raises:
        InputError: this kind of report has no such section.
    """
    every = _kind(query.period)
    sections = report_sections(every)
    if unknown := sorted({*keys} - {*sections}):
        raise InputError(
            f"a {every} report has no section {unknown[0]!r}",
            hint=f"It has: {', '.join(sections)}.",
        )
    chosen = {key: type_ for key, type_ in sections.items() if not keys or key in keys}
    return Report(
        _title(data.store, query.period), query.period, tuple(_built(chosen, data, query))
    )


def _kind(period: Period) -> Every:
    """Raises InputError: it is a range of a page."""
    if period.every == "range":
        raise InputError(f"a report is about no range: {period.name}")
    return period.every


def _title(store: Store, period: Period) -> str:
    type_ = subjects.all_types().get(period.every)
    kind, name = TITLES[_kind(period)], type_.title(store, period) if type_ else ""
    return f"{kind}: {name}" if name else f"{kind} {period.name}"


def _built(sections: Mapping[str, SectionType], data: Data, query: Query) -> Iterator[Section]:
    for key, section in sections.items():
        if built := section.build(data, query):
            yield built.named(key)
