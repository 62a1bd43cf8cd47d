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
from clickup_mlops.views.cells import format_cell
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
    journeys = build_journeys(steps(entries))
    return [
        journey
        for journey in journeys
        if journey.finished_ms is not None and journey.cycle_ms is not None
    ]


def _build(data: Data, query: Query) -> Section | None:
    journeys = finished(data, query, _INFERENCE)
    if len(journeys) < ENOUGH:
        text = f"Not enough data: {len(journeys)} finished inference tasks of the needed {ENOUGH}."
        return Section("deployment", _TITLE, (Note(text),), _SOURCE)
    table = Table("stages", "Time by stage", _COLUMNS, tuple(map(_row, compute_stages(journeys))))
    return Section("deployment", _TITLE, (_figures(journeys), table), _SOURCE)


def _figures(journeys: list[Journey]) -> Figures:
    waits = compute_spread(
        journey.waited_ms for journey in journeys if journey.waited_ms is not None
    )
    cycles = compute_spread(
        journey.cycle_ms for journey in journeys if journey.cycle_ms is not None
    )
    return Figures(
        (
            Figure("Finished", Number(len(journeys)), "tasks, last 90 days"),
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


def _row(stage: Stage) -> tuple[Cell, ...]:
    times = stage.times
    spent: tuple[Cell, ...] = (NOT_ENOUGH, None, None)
    if times is not None:
        spent = (length(times.p50), length(times.p85), length(times.p95))
    return (stage.status, Number(stage.tasks), *spent, Number(100 * stage.share, "%"))


_COLUMNS = (
    Column("Stage"),
    Column("Tasks", "end"),
    Column("50%", "end"),
    Column("85%", "end"),
    Column("95%", "end"),
    Column("Share of time", "end"),
)

SECTION = SectionType(_TITLE, _build, 30)
