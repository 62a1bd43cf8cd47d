"""All models and services, or those of a List: where each stands now."""

from typing import Final

from clickup_mlops.operations.dashboard.families import Aspect, headline
from clickup_mlops.operations.dashboard.model import Data, Query, SectionType
from clickup_mlops.operations.dashboard.subjects import (
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
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Figure,
    Figures,
    Moment,
    Number,
    Section,
    Table,
)

MOST: Final = 100
_ASPECTS: Final[tuple[Aspect, ...]] = ("latency", "errors", "throughput", "queue", "quality")
_COLUMNS: Final = (
    Column("Model"),
    Column("List"),
    Column("State"),
    *(Column(one.capitalize(), "end") for one in _ASPECTS),
    Column("Newest reading"),
)
_EMPTY: Final = "No field of a task is filled from a source yet: see metrics push in the manual."


def _build(data: Data, query: Query) -> Section | None:
    found = of_target(data, query)
    if of_one(data, query) is not None or (query.target and not found):
        return None
    silent = {one.id for one in found if _is_silent(data, one, query.now_ms)}
    ordered = sorted(found, key=lambda one: (-one.breached, one.id not in silent))
    rows = tuple(_row(one, is_silent=one.id in silent) for one in ordered[:MOST])
    total = len(found) if len(found) > MOST else None
    table = Table("models", "Models and services", _COLUMNS, rows, _EMPTY, total)
    blocks = (_figures(found, len(silent)), table) if found else (table,)
    return Section("models", "Models and services", blocks, "The newest readings of all sources.")


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
    shown = short(one.task.list_name) if one.task else None
    numbers = (_number(one, aspect) for aspect in _ASPECTS)
    newest = Moment(max(series.last_ms for series in one.newest))
    return page_link("model", one.id, one.name), shown, badge, *numbers, newest


def _number(one: Subject, aspect: Aspect) -> Number | None:
    series = headline(one.newest, aspect)
    return number(series, tone(one.limit(series))) if series else None


SECTION = SectionType("Models and services", _build, 10)
