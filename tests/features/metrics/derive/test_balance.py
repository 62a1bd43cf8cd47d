"""How evenly load is spread."""

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.metrics.derive.balance import balance, straggler

shares = st.lists(st.floats(0, 1), min_size=2, max_size=64).filter(lambda one: max(one) > 0.01)


@given(shares)
def test_the_figures_agree(loads: list[float]) -> None:
    """Jain's index lies between 1/n and 1 and is 1 / (1 + variation²), of the coefficient of
    variation.
    """
    result = balance(loads)
    assert result is not None
    assert 1 / len(loads) - 1e-9 <= result.jain <= 1 + 1e-9
    assert result.jain == pytest.approx(1 / (1 + (pstdev(loads) / fmean(loads)) ** 2))
    assert 1 - 1e-9 <= result.peak <= len(loads) + 1e-9
    assert result.efficiency == pytest.approx(1 / result.peak)


@given(shares, st.floats(0.1, 100))
def test_only_proportions_count(loads: list[float], factor: float) -> None:
    """Twice the traffic is as even."""
    first, second = balance(loads), balance([factor * load for load in loads])
    assert first and second
    assert first.jain == pytest.approx(second.jain)


def test_a_known_case() -> None:
    """40, 40, 10 and 10 Gb/s on four uplinks."""
    result = balance([40, 40, 10, 10])
    assert result is not None
    assert (result.jain, result.peak) == (pytest.approx(0.7353, abs=1e-4), 1.6)
    assert result.efficiency == 0.625


def test_noise_and_single_links_have_no_balance() -> None:
    """Unknown, not even."""
    assert balance([0.9]) is None
    assert balance([0.0, 0.0]) is None
    assert balance([0.01, 0.02], least=0.05) is None


def test_a_straggler_is_far_below_the_others() -> None:
    """Less than 70 % of the median."""
    assert straggler([10, 10, 6, 10]) == 2
    assert straggler([10, 10, 8, 10]) is None
