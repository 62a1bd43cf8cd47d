"""All models and services, or those of a List: where each stands now."""

from typing import Final

from clickup_mlops.features.metrics.presentation.families import Aspect, availability, headline
from clickup_mlops.features.metrics.presentation.subjects import (
    Subject,
    is_silent,
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
    *(Column(one.capitalize(), "end") for one in _ASPECTS),
    Column("Availability", "end"),
    Column("Newest reading"),
)
_EMPTY: Final = "No field of a task is filled from a source yet: see metrics push in the manual."


def _build(data: Data, query: Query) -> Section | None:
    found = of_target(data, query)
    if of_one(data, query) is not None or (query.target and not found):
        return None
    silent = {one.id for one in found if _is_silent(data, one, query.now_ms)}
    search = query.options.get("search", "")
    matches = [one for one in found if _fits(one, search)]
    ordered = sorted(matches, key=lambda one: (-one.breached, one.id not in silent))
    paging = query.page(len(ordered), MOST)
    shown = ordered[paging.first - 1 : paging.first - 1 + MOST]
    table = Table(
        "models",
        "Models and services",
        _COLUMNS,
        tuple(_row(one, is_silent=one.id in silent) for one in shown),
        "No model fits." if found else _EMPTY,
        len(ordered) if len(ordered) > len(shown) else None,
        (Filter("search", "Search", search),) if found else (),
        paging,
    )
    blocks = (_figures(found, len(silent)), table) if found else (table,)
    return Section("models", "Models and services", blocks, "The newest readings of all sources.")


def _fits(one: Subject, search: str) -> bool:
    """By words of its name or its List's."""
    words = f"{one.name} {one.task.list_name if one.task else ''}".casefold()
    return all(word in words for word in search.casefold().split())


def _figures(found: list[Subject], silent: int) -> Figures:
    breached = sum(bool(one.breached) for one in found)
    note = "now, of those measured"
    return Figures(
        (
            Figure("Measured", Number(len(found)), "tasks with a field from a source"),
            Figure("In breach", Number(breached, tone="bad" if breached else "good"), note),
            Figure("Silent", Number(silent, tone="warning" if silent else "good"), note),
        )
    )


def _is_silent(data: Data, one: Subject, now_ms: int) -> bool:
    return all(is_silent(data, series, now_ms) for series in one.newest)


def _row(one: Subject, *, is_silent: bool) -> tuple[Cell, ...]:
    worst = min(one.limits.values(), key=lambda each: each.room, default=None)
    badge = Badge("silent", "warning") if is_silent else state(worst)
    place = short(one.task.list_name) if one.task else None
    available = availability(one.newest)
    found = (headline(one.newest, aspect) for aspect in _ASPECTS)
    shown = [None if series == available else series for series in found]
    numbers = (_number(one, series) for series in (*shown, available))
    newest = Moment(max(series.last_ms for series in one.newest))
    return page_link("model", one.id, one.name), place, badge, *numbers, newest


def _number(one: Subject, series: Series | None) -> Number | None:
    return number(series, tone(one.limit(series))) if series else None


SECTION = SectionType("Models and services", _build, 10)
