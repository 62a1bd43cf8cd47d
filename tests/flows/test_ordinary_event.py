"""What an ordinary event costs stays as low as it is: counts, which no machine changes."""

import pytest

from tests.ordinary_event import measure
from tests.store.conftest import postgresql_url

__all__ = ["postgresql_url"]


def test_an_ordinary_event_costs_few_calls_and_statements() -> None:
    """From taking the lane to the write, and until the lane is given back; sent by `requests`, as
    all of the main thread is.
    """
    cost = measure()

    assert cost.texts
    assert cost.files <= 99
    assert cost.functions <= 436
    assert cost.calls <= 832
    assert cost.statements <= 18
    assert cost.transactions == 3


@pytest.mark.services
def test_on_postgresql_an_ordinary_event_waits_for_few_answers(postgresql_url: str) -> None:
    """The claim, the reads, the beginning of the write and the end are each sent together; an echo
    is looked up, then stored with all that it says.
    """
    cost = measure(postgresql_url)

    assert cost.round_trips <= 5
    assert cost.round_trips_of_echoes <= 4
    assert cost.statements <= 20
    assert cost.transactions <= 3


def test_all_automations_cost_seven_statements_more_at_most() -> None:
    """Their latches are asked for in one; nothing is stored before they are evaluated."""
    cost = measure(with_all=True)

    assert cost.calls <= 1_290
    assert cost.statements <= 25
    assert cost.transactions == 3
