"""What a run takes under a limit: computed, and compared with the rate budget itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.budget import Ask, Budget, PriorityClass, Reading, spend
from clickup_mlops.features.migration import cost
from clickup_mlops.features.migration.mapping.model import BoardTable, ColumnTable, PlaceTable, Slot
from clickup_mlops.features.migration.plan.model import NOUNS
from tests.features.migration.small_migration import mapping

LIMITS = sorted(cost.CLICKUP_LIMITS.values())


def simulated(calls: int, limit: int) -> float:
    """Seconds until the rate budget has granted so many calls to bulk work alone."""
    now = start = 1_000_000
    budget, reset = Budget(), start + 60_000
    reading: Reading | None = Reading(limit, limit, reset + 1_000)
    while calls > 0:
        ask = Ask(PriorityClass.BULK, window=budget.window, reading=reading)
        budget, grant = spend(budget, ask, now)
        reading = None
        calls -= grant.permits
        now = now if grant.permits else max(now + 1, grant.retry_ms)
    return (now - start) / 1_000


@pytest.mark.parametrize("limit", [100, 1_000])
@pytest.mark.parametrize("calls", [1, 70, 71, 100, 101, 250, 1_730, 12_345])
def test_minutes_are_those_of_the_rate_budget(calls: int, limit: int) -> None:
    """Within five per cent, or two seconds, of what the budget grants."""
    real = simulated(calls, limit)

    assert cost.seconds(calls, limit) == pytest.approx(real, rel=0.05, abs=2.0)


@given(st.integers(0, 200_000), st.sampled_from(LIMITS))
def test_more_calls_never_take_less(calls: int, limit: int) -> None:
    """And sharing the limit never makes it faster."""
    assert cost.seconds(calls, limit) <= cost.seconds(calls + 1, limit)
    assert cost.seconds(calls, limit) <= cost.seconds(calls, limit, shared=True) + 60


def test_sharing_leaves_thirty_per_cent() -> None:
    """700 calls of 1,000 a minute go at once, the next ones wait for the next minute."""
    assert cost.seconds(700, 1_000, shared=True) == 0
    assert cost.seconds(701, 1_000, shared=True) == pytest.approx(61)


def test_every_step_has_a_price() -> None:
    """No kind of step is forgotten."""
    assert set(cost.CALLS) == set(NOUNS)
    assert cost.writes({"task": 3, "comment": 2, "file": 1}) == 6


def test_daily_budgets_of_the_source() -> None:
    """2,500 calls take three days of the smallest plan, and no waiting within a large one's day."""
    small, _, large = cost.source_budgets(2_500)

    assert (small.days, small.minutes) == (3, 2)
    assert (large.days, large.minutes) == (1, 0)
    assert cost.link_calls(101) == 2


@pytest.mark.parametrize(
    ("to", "options", "more"),
    [("status", {"1": "done"}, 1), ("status", {}, 0), ("field", {"1": "done"}, 0)],
)
def test_statuses_are_read_of_lists_that_need_some(
    to: Slot, options: dict[str, str], more: int
) -> None:
    """Those in which a column becomes the status, by its options."""
    column = ColumnTable(title="Stage", type="status", to=to, options=options)
    board = BoardTable(name="Models", place=PlaceTable(space="ML", list="Models"))
    plain, with_it = (
        mapping(boards={"1": variant})
        for variant in (board, board.model_copy(update={"columns": {"stage": column}}))
    )

    assert cost.reads(with_it) - cost.reads(plain) == more
