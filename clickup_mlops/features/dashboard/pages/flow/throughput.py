"""How many tasks arrive and how many are finished, per week."""

from collections.abc import Iterable, Iterator

from clickup_mlops.features.dashboard.pages.flow._common import over_weeks, since_ms
from clickup_mlops.flow.weeks import Counted, count_per_bucket, list_weeks
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query, SectionType
from clickup_mlops.store.queries.flow import Count
from clickup_mlops.views.model import Cell, Figure, Figures, Line, Note, Number, Section

_FOUR_WEEKS_MS = 28 * DAY_MS
_SOURCE = "Timeline: creations, and changes to a status of the type done or closed."


def _build(data: Data, query: Query) -> Section | None:
    since = since_ms(data)
    if since is None:
        note = Note("Nothing is known yet: the timeline begins with the first change of a status.")
        return Section("throughput", "Arrivals and throughput", (note,))
    wide = over_weeks(query)
    start, end = max(since, wide.start_ms), query.now_ms
    bounds = list_weeks(start, end, query.zone)
    cuts = sorted({*bounds, *_parts(end)})
    created = _counted(data.store.flows.created(data.workspace, start, end, cuts))
    finished = _counted(data.store.flows.finished(data.workspace, start, end, cuts))

    def lines() -> Iterator[Line]:
        for name, counted in (("Arrived", created), ("Finished", finished)):
            yield Line(
                name,
                tuple(zip(bounds, map(float, count_per_bucket(counted, bounds)), strict=False)),
            )

    chart = wide.chart("per_week", "Tasks per week", "tasks", lines, source=_SOURCE)
    figures = Figures(
        (*_figures("Arrived", created, since, end), *_figures("Finished", finished, since, end))
    )
    blocks = (
        (figures, chart)
        if len(bounds) > 1
        else (figures, Note("Not enough data for a chart: no whole week yet."))
    )
    return Section("throughput", "Arrivals and throughput", blocks, _SOURCE)


def _figures(name: str, counted: list[Counted], since_ms: int, now_ms: int) -> Iterator[Figure]:
    """Of the last four weeks, and of those before, if they are known in full."""
    start, middle, _ = _parts(now_ms)
    before, last = count_per_bucket(counted, _parts(now_ms))
    span_text = "last 28 days" if since_ms <= middle else "since the timeline began"
    earlier: Cell = Number(before) if since_ms <= start else None
    yield Figure(name, Number(last), span_text, before=earlier)


def _parts(now_ms: int) -> tuple[int, int, int]:
    """When the four weeks before the last ones begin, when the last ones do, and now."""
    return now_ms - 2 * _FOUR_WEEKS_MS, now_ms - _FOUR_WEEKS_MS, now_ms


def _counted(counts: Iterable[Count]) -> list[Counted]:
    return [(count.at_ms, count.count) for count in counts]


SECTION = SectionType("Arrivals and throughput", _build, 10)
