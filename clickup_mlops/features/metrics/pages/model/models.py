"""All models and services, or those of a List: where each stands now."""

from typing import Final

from clickup_mlops.features.metrics.presentation.comparisons import is_stale
from clickup_mlops.features.metrics.presentation.families import Aspect, availability, headline
from clickup_mlops.features.metrics.presentation.subjects import (
    Subject,
    number,
    of_one,
    of_target,
    page_link,
    short,
    state,
    tone,
)
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Figure,
    Figures,
    Filter,
    Moment,
    Number,
    Section,
    Table,
)

MOST: Final = 100
"""Models on a page."""
_ASPECTS: Final[tuple[Aspect, ...]] = ("latency", "errors", "throughput", "queue", "quality")
_COLUMNS: Final = (
    Column("Model"),
    Column("List"),
    Column("State"),
    *(Column(aspect.capitalize(), "end") for aspect in _ASPECTS),
    Column("Availability", "end"),
    Column("Newest reading"),
)
_EMPTY: Final = "No field of a task is filled from a source yet: see metrics push in the manual."


def _build(data: Data, query: Query) -> Section | None:
    subjects = of_target(data, query)
    if of_one(data, query) is not None or (query.target and not subjects):
        return None
    silent = {subject.id for subject in subjects if _is_silent(data, subject, query.now_ms)}
    search = query.options.get("search", "")
    matches = [subject for subject in subjects if _fits(subject, search)]
    ordered = sorted(matches, key=lambda subject: (-subject.breached, subject.id not in silent))
    paging = query.page(len(ordered), MOST)
    listed = ordered[paging.first - 1 : paging.first - 1 + MOST]
    table = Table(
        "models",
        "Models and services",
        _COLUMNS,
        tuple(_row(subject, is_silent=subject.id in silent) for subject in listed),
        "No model fits." if subjects else _EMPTY,
        len(ordered) if len(ordered) > len(listed) else None,
        (Filter("search", "Search", search),) if subjects else (),
        paging,
    )
    blocks = (_figures(subjects, len(silent)), table) if subjects else (table,)
    return Section("models", "Models and services", blocks, "The newest readings of all sources.")


def _fits(subject: Subject, search: str) -> bool:
    """By words of its name or its List's."""
    words = f"{subject.name} {subject.task.list_name if subject.task else ''}".casefold()
    return all(word in words for word in search.casefold().split())


def _figures(subjects: list[Subject], silent: int) -> Figures:
    breached = sum(bool(subject.breached) for subject in subjects)
    note = "now, of those measured"
    return Figures(
        (
            Figure("Measured", Number(len(subjects)), "tasks with a field from a source"),
            Figure("In breach", Number(breached, tone="bad" if breached else "good"), note),
            Figure("Silent", Number(silent, tone="warning" if silent else "good"), note),
        )
    )


def _is_silent(data: Data, subject: Subject, now_ms: int) -> bool:
    return all(is_stale(data, series, now_ms) for series in subject.newest)


def _row(subject: Subject, *, is_silent: bool) -> tuple[Cell, ...]:
    worst = min(subject.limits.values(), key=lambda comparison: comparison.room, default=None)
    badge = Badge("silent", "warning") if is_silent else state(worst)
    place = short(subject.task.list_name) if subject.task else None
    available = availability(subject.newest)
    headlines = (headline(subject.newest, aspect) for aspect in _ASPECTS)
    distinct = [None if series == available else series for series in headlines]
    numbers = (_number(subject, series) for series in (*distinct, available))
    newest = Moment(max(series.last_ms for series in subject.newest))
    return page_link("model", subject.id, subject.name), place, badge, *numbers, newest


def _number(subject: Subject, series: Series | None) -> Number | None:
    return number(series, tone(subject.limit(series))) if series else None


SECTION = SectionType("Models and services", _build, 10)
