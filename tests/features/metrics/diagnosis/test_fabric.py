"""The simulated fabric behaves as its laws say, and the advice helps in it."""

import random
import runpy
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

FABRIC = runpy.run_path(str(Path(__file__).parents[4] / "benchmarks" / "fabric.py"))
METHODS = FABRIC["METHODS"]


def mean(method: str) -> float:
    """The collective's rate over a few seeds."""
    return fmean(FABRIC["run"](method, seed)[0] for seed in range(8))


@pytest.mark.parametrize("method", METHODS)
def test_no_link_carries_more_than_it_can(method: str) -> None:
    """And no flow is faster than its host."""
    flows: list[Any] = list(FABRIC["parts"](METHODS[method][0], random.Random(3)))
    speed = FABRIC["rates"](flows)
    assert all(0 < one <= 1 + 1e-9 for one in speed.values())
    assert all(load <= 1 + 1e-6 for load in FABRIC["uplinks"](flows, speed))


def test_what_is_advised_is_faster() -> None:
    """More queue pairs than one, least loaded more than hashed."""
    assert mean("static ECMP") < mean("4 queue pairs each") < mean("16 queue pairs each")
    assert mean("16 queue pairs each") < mean("least loaded uplink")
    assert mean("packet spraying") == pytest.approx(1)


def test_the_same_seed_gives_the_same_fabric() -> None:
    """Nothing depends on the run."""
    assert FABRIC["run"]("static ECMP", 5) == FABRIC["run"]("static ECMP", 5)


def test_advice_ends_where_links_are_even() -> None:
    """And begins where they are not."""
    assert "uneven_links_few_flows" in FABRIC["advised"]("static ECMP", 0.65)
    assert FABRIC["advised"]("packet spraying", 1.0) == "nothing"
