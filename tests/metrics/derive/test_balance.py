"""How evenly load is spread."""

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.metrics.derive.balance import balance, random_hashing, same_order, straggler

shares = st.lists(st.floats(0, 1), min_size=2, max_size=64).filter(lambda one: max(one) > 0.01)


@given(shares)
def test_the_figures_agree(loads: list[float]) -> None:
    """Jain's index lies between 1/n and 1 and is 1 / (1 + variation²)."""
    found = balance(loads)
    assert found is not None
    assert 1 / len(loads) - 1e-9 <= found.jain <= 1 + 1e-9
    assert found.jain == pytest.approx(1 / (1 + found.variation**2))
    assert 1 - 1e-9 <= found.peak <= len(loads) + 1e-9
    assert found.efficiency == pytest.approx(1 / found.peak)


@given(shares, st.floats(0.1, 100))
def test_only_proportions_count(loads: list[float], factor: float) -> None:
    """Twice the traffic is as even."""
    first, second = balance(loads), balance([factor * one for one in loads])
    assert first and second
    assert first.jain == pytest.approx(second.jain)


def test_a_known_case() -> None:
    """40, 40, 10 and 10 Gb/s on four uplinks."""
    found = balance([40, 40, 10, 10])
    assert found is not None
    assert (found.jain, found.peak) == (pytest.approx(0.7353, abs=1e-4), 1.6)
    assert (found.variation, found.efficiency) == (pytest.approx(0.6), 0.625)


def test_noise_and_single_links_have_no_balance() -> None:
    """Unknown, not even."""
    assert balance([0.9]) is None
    assert balance([0.0, 0.0]) is None
    assert balance([0.01, 0.02], least=0.05) is None


@pytest.mark.parametrize(("links", "flows"), [(8, 16), (8, 64), (16, 32), (32, 128)])
def test_random_hashing_is_as_uneven_as_said(links: int, flows: int) -> None:
    """Against a simulation with a seed."""
    chance = random.Random(7)
    found = []
    for _ in range(400):
        loads = [0] * links
        for _flow in range(flows):
            loads[chance.randrange(links)] += 1
        found.append(1 / balance(loads).jain)  # type: ignore[union-attr]
    assert 1 / fmean(found) == pytest.approx(random_hashing(links, flows), rel=0.03)


def test_the_same_hot_links_have_the_same_order() -> None:
    """1 for the same order, -1 for the reverse, ties share a rank."""
    assert same_order([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1)
    assert same_order([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert same_order([1, 1, 2], [5, 5, 9]) == pytest.approx(1)
    assert same_order([1, 1], [1, 2]) == 0


def test_a_straggler_is_far_below_the_others() -> None:
    """Less than 70 % of the median."""
    assert straggler([10, 10, 6, 10]) == 2
    assert straggler([10, 10, 8, 10]) is None
