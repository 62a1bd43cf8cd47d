"""Burn rates and collectives."""

import pytest

from clickup_mlops.metrics.derive.burn import Burn, budget_left, burn_rate
from clickup_mlops.metrics.derive.collectives import bus_bandwidth, network_efficiency


def test_a_burn_rate_of_one_uses_the_budget_up() -> None:
    """1 % of errors with an objective of 99 %."""
    assert burn_rate(0.01, 0.99) == pytest.approx(1)
    assert burn_rate(0.144, 0.99) == pytest.approx(14.4)
    assert budget_left(0.0025, 0.99) == pytest.approx(0.75)


def test_both_windows_have_to_burn() -> None:
    """The short one ends the alarm."""
    assert Burn(long=20, short=15).above(14.4)
    assert not Burn(long=20, short=1).above(14.4)


@pytest.mark.parametrize("objective", [0, 1, 99.9])
def test_an_objective_without_a_budget_is_refused(objective: float) -> None:
    """99.9 was meant as 0.999."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        burn_rate(0.1, objective)


def test_bus_bandwidth_of_collectives() -> None:
    """Eight ranks, 1 GB in 100 ms."""
    assert bus_bandwidth("all_reduce", 1e9, 0.1, 8) == pytest.approx(1.75e10)
    assert bus_bandwidth("all_gather", 1e9, 0.1, 8) == pytest.approx(0.875e10)
    assert bus_bandwidth("broadcast", 1e9, 0.1, 8) == pytest.approx(1e10)
    assert network_efficiency(4.75e10, 5e10) == pytest.approx(0.95)
