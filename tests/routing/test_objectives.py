"""Measured values against objectives: one comparison for routing and for automations."""

import pytest

from clickup_mlops.routing.objectives import Comparison, compare_values
from clickup_mlops.routing.policy import Policy, Slo

LATENCY = Slo(metric="P99 latency ms", objective="SLO latency ms")
AVAILABILITY = Slo(metric="Availability %", objective="SLO availability %", worse="below")
THROUGHPUT = Slo(metric="Throughput", objective="SLO throughput", worse="below")


@pytest.mark.parametrize(
    ("slo", "measured", "limit", "breached", "over", "room"),
    [
        (LATENCY, 750, 500, True, 0.5, -0.5),
        (LATENCY, 500, 500, False, 0, 0),
        (LATENCY, 450, 500, False, 0, 0.1),
        (Slo(metric="Error rate %", objective="SLO"), 0.9, 1, False, 0, 0.1),
        (AVAILABILITY, 99.8, 99.9, True, pytest.approx(0.001, rel=0.01), -1),
        (AVAILABILITY, 99.95, 99.9, False, 0, 0.5),
        (AVAILABILITY, 100, 100, False, 0, 1),
        (THROUGHPUT, 800, 1000, True, 0.2, -0.2),
        (THROUGHPUT, 1500, 1000, False, 0, 0.5),
    ],
)
def test_how_far_over_and_how_much_room(
    slo: Slo, measured: float, limit: float, breached: bool, over: float, room: float
) -> None:
    """Shares of the limit; of what may be missing from 100 % where a percentage must be high."""
    comparison = Comparison(slo, measured, limit)
    assert (comparison.breached, comparison.over, comparison.room) == (breached, over, room)


def test_a_pair_counts_only_when_both_numbers_are_known() -> None:
    """A zero objective is a number field that nobody filled in."""
    fields = {"P99 latency ms": "812 ms", "SLO latency ms": 500, "Error rate %": 3}
    fields |= {"Availability %": 99, "SLO availability %": 0}
    (only,) = compare_values(Policy().slos, fields.get)
    assert (only.slo.metric, only.measured, only.limit) == ("P99 latency ms", 812, 500)


def test_the_unit_is_the_last_word_of_the_name_if_that_is_one() -> None:
    """Field names say their unit, as ClickUp has no place for it."""
    units = [Comparison(slo, 1, 1).unit for slo in (LATENCY, AVAILABILITY, THROUGHPUT)]
    assert units == ["ms", "%", ""]


@pytest.mark.parametrize(
    ("slo", "limit", "recovery"),
    [
        (LATENCY, 300, 270),
        (AVAILABILITY, 99.9, 99.91),
        (AVAILABILITY, 100, 100),
        (THROUGHPUT, 9, 9.9),
    ],
)
def test_a_breach_is_over_where_it_says(slo: Slo, limit: float, recovery: float) -> None:
    """By hand: 10 % better than the limit; of what is missing to 100 % for a percentage."""
    assert Comparison(slo, limit, limit).recovery(0.1) == recovery
    assert not Comparison(slo, recovery, limit).holds(0.1, held=True)
