"""Courses as text."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.views.sparkline import BARS, sparkline

VALUES = st.lists(st.floats(-1e12, 1e12), max_size=200)


def test_a_rise_goes_from_the_lowest_to_the_highest_bar() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == BARS
    assert sparkline([5, 5, 5]) == "▁▁▁"
    assert sparkline([]) == ""


def test_many_values_are_the_means_of_parts() -> None:
    assert sparkline([0, 0, 7, 7], width=2) == "▁█"


@given(VALUES, st.integers(1, 60))
def test_any_values_fit_the_width(values: list[float], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == min(width, len(values))
    assert set(line) <= {*BARS}
