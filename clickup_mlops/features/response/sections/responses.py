"""Responses: how many reporters got their first answer in time, by List."""

from itertools import groupby
from statistics import median
from typing import Final

from clickup_mlops.features.response.outcomes import Outcome, read_outcomes
from clickup_mlops.ports.sections import figures
from clickup_mlops.ports.sections.model import CALENDAR, Data, Query, SectionType
from clickup_mlops.views.model import Align, Cell, Column, Duration, Figures, Number, Section, Table

_ORIGIN: Final = "timeline"
_END: Final[Align] = "end"
_COLUMNS: Final = (
    Column("List"),
    Column("Met", _END),
    Column("Missed", _END),
    Column("Median time", _END),
)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if nothing with an objective was reported in both periods."""
    outcomes = figures.compared(query, lambda period: read_outcomes(data, period))
    if not (outcomes.now or outcomes.before):
        return None
    head = Figures(
        (
            figures.share("Objectives met", query, _ORIGIN, outcomes.map(_count_met)),
            figures.count("Missed", query, _ORIGIN, outcomes.map(_count_missed)),
            figures.typical(
                "Working time to the first response", query, _ORIGIN, outcomes.map(_list_times)
            ),
        )
    )
    blocks = (head, _build_table(outcomes.now))
    return Section("responses", SECTION.title, blocks, figures.source(query, _ORIGIN))


def _count_met(outcomes: list[Outcome]) -> tuple[int, int]:
    """Of those that are met or missed: who still waits in time is neither."""
    met = sum(outcome.is_met for outcome in outcomes)
    return met, met + _count_missed(outcomes)


def _count_missed(outcomes: list[Outcome]) -> int:
    return sum(outcome.is_missed for outcome in outcomes)


def _list_times(outcomes: list[Outcome]) -> list[float]:
    return [outcome.elapsed_ms for outcome in outcomes if outcome.is_answered]


def _build_table(outcomes: list[Outcome]) -> Table:
    by_list = sorted(outcomes, key=lambda outcome: outcome.list_name)
    rows = tuple(
        _row(name, [*group]) for name, group in groupby(by_list, lambda outcome: outcome.list_name)
    )
    return Table(
        "responses", "First responses by List", _COLUMNS, rows, empty="Nothing was reported."
    )


def _row(name: str, outcomes: list[Outcome]) -> tuple[Cell, ...]:
    met, _ = _count_met(outcomes)
    times = _list_times(outcomes)
    typical: Cell = Duration(round(median(times))) if times else ""
    return name, Number(met), Number(_count_missed(outcomes)), typical


SECTION = SectionType("Responses", build, order=15, pages=("flow",), reports=CALENDAR)
