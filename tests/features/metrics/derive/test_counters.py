"""Growth of counters, with resets and wraps told apart."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.metrics.derive.counters import WORD, increase, increases
from clickup_mlops.features.metrics.scrape import Sample, Window, labels, scrape


@given(
    st.floats(0, 2**53),
    st.lists(st.integers(0, 2**31 - 1), max_size=50),
)
def test_a_counter_that_wraps_loses_nothing(start: float, steps: list[int]) -> None:
    """As long as less than half its range is counted between two readings."""
    begin = int(start) % int(WORD)
    values = [begin]
    for step in steps:
        values.append((values[-1] + step) % int(WORD))
    grown = sum(increase(a, b, wraps_at=WORD) for a, b in pairwise(values))
    assert grown == sum(steps)


@given(st.floats(0, 1e15), st.floats(0, 1e15))
def test_an_increase_is_never_negative(before: float, now: float) -> None:
    """Whatever happened in between."""
    assert increase(before, now) >= 0
    assert increase(before, now, wraps_at=WORD) >= 0


def test_a_fall_is_a_reset_unless_it_can_be_a_wrap() -> None:
    """From near the end of its range to near the beginning it wrapped."""
    assert increase(4_294_967_290, 5, wraps_at=WORD) == 11
    assert increase(1_000, 5, wraps_at=WORD) == 5
    assert increase(4_294_967_290, 5) == 5


def test_a_series_that_is_new_tells_nothing_yet() -> None:
    """How it came to its value, and since when, is not known."""
    before = scrape(0, [Sample("a", labels(x="1"), 10)])
    now = scrape(1_000, [Sample("a", labels(x="1"), 12), Sample("a", labels(x="2"), 99)])

    assert dict(increases(Window(now, before), "a")) == {labels(x="1"): 2}
    assert not list(increases(Window(now), "a"))


def test_a_counter_created_anew_counts_from_zero() -> None:
    """Even if it has grown past its old value."""
    before = scrape(0, [Sample("a_total", labels(), 10), Sample("a_created", labels(), 1.0)])
    now = scrape(1_000, [Sample("a_total", labels(), 12), Sample("a_created", labels(), 2.0)])

    assert dict(increases(Window(now, before), "a_total")) == {labels(): 12}


@pytest.mark.parametrize("at_ms", [1_000, 500])
def test_no_time_no_rate(at_ms: int) -> None:
    """Two scrapes of one moment, or out of order, are no window."""
    before, now = (scrape(at, [Sample("a", labels(), 1)]) for at in (1_000, at_ms))
    assert not list(increases(Window(now, before), "a"))
