"""The cycle of inference work by stage: from waiting to finished, by the statuses it had."""

from clickup_mlops.features.dashboard.pages.flow._common import (
    LATEST,
    length,
    over_weeks,
    since_ms,
    steps,
)
from clickup_mlops.flow.model import Journey, build_journeys
from clickup_mlops.flow.spread import ENOUGH, Spread, compute_spread
from clickup_mlops.flow.stages import Stage, compute_stages
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Cell,
    Column,
    Figure,
    Figures,
    Note,
    Number,
    Section,
    Table,
)
from clickup_mlops.views.text import format_cell

_INFERENCE = "inference"
_TITLE = "Inference deployment cycle"
_SOURCE = (
    "Timeline: the statuses of inference tasks that were finished in the last 90 days, "
    f"the last {LATEST} finished tasks at most."
)


def finished(data: Data, query: Query, workload: str) -> list[Journey]:
    """Journeys of the last finished tasks of a workload whose beginning is known."""
    wide, since = over_weeks(query), since_ms(data)
    if since is None:
        return []
    start = max(wide.start_ms, since)
    entries = data.store.flows.finished_steps(data.workspace, start, query.now_ms, LATEST, workload)
    found = build_journeys(steps(entries))
    return [one for one in found if one.finished_ms is not None and one.cycle_ms is not None]


def _build(data: Data, query: Query) -> Section | None:
    found = finished(data, query, _INFERENCE)
    if len(found) < ENOUGH:
        text = f"Not enough data: {len(found)} finished inference tasks of the needed {ENOUGH}."
        return Section("deployment", _TITLE, (Note(text),), _SOURCE)
    table = Table("stages", "Time by stage", _COLUMNS, tuple(map(_row, compute_stages(found))))
    return Section("deployment", _TITLE, (_figures(found), table), _SOURCE)


def _figures(found: list[Journey]) -> Figures:
    waits = compute_spread(one.waited_ms for one in found if one.waited_ms is not None)
    cycles = compute_spread(one.cycle_ms for one in found if one.cycle_ms is not None)
    return Figures(
        (
            Figure("Finished", Number(len(found)), "tasks, last 90 days"),
            _figure("Waiting time", waits, "half of the tasks, until work began"),
            _figure("Cycle time", cycles, "half of the tasks, from then until finished"),
        )
    )


def _figure(name: str, times: Spread | None, note: str) -> Figure:
    if times is None:
        return Figure(name, NOT_ENOUGH, note)
    more = (
        f"85% within {format_cell(length(times.p85))}, 95% within {format_cell(length(times.p95))}"
    )
    return Figure(name, length(times.p50), f"{note}; {more}")


def _row(one: Stage) -> tuple[Cell, ...]:
    times = one.times
    spent: tuple[Cell, ...] = (NOT_ENOUGH, None, None)
    if times is not None:
        spent = (length(times.p50), length(times.p85), length(times.p95))
    return (one.status, Number(one.tasks), *spent, Number(100 * one.share, "%"))


_COLUMNS = (
    Column("Stage"),
    Column("Tasks", "end"),
    Column("50%", "end"),
    Column("85%", "end"),
    Column("95%", "end"),
    Column("Share of time", "end"),
)

SECTION = SectionType(_TITLE, _build, 30)
