"""A simulation is summed up: writes, flips, cap hits, each automation's share."""

import json

from clickup_mlops.automations.perform import State
from clickup_mlops.features.simulation.simulated import Did, Flip, PerAutomation, Simulated


def did(
    task: str,
    automation: str,
    before: object,
    after: object,
    state: State = "done",
    kind: str = "priority",
) -> Did:
    """One thing that was done."""
    return Did(0, task, f"Task {task}", automation, kind, before, after, "text", state)


def summed(*done: Did) -> Simulated:
    """A simulation of these."""
    return Simulated(0, 10, 5, 4, done)


def test_only_what_is_done_counts_as_a_write() -> None:
    """Capped and failed ones are told apart, by automation."""
    found = summed(
        did("a", "one", 3, 2),
        did("b", "one", 3, 2),
        did("c", "one", 3, 2, "capped"),
        did("a", "two", None, True, "problem"),
    )

    assert found.changed_tasks == 2
    assert found.automations == (PerAutomation("one", 2, 2, 1, 0), PerAutomation("two", 0, 0, 0, 1))
    assert found.to_dict()["calls"] == {"writes": 2, "reads_at_most": 4}
    assert found.to_dict()["cap_hits"] == 1
    assert json.dumps(found.to_dict())


def test_a_value_that_goes_back_is_a_flip() -> None:
    """With the automations that fight over it; other values of the task are none."""
    found = summed(
        did("a", "up", 3, 1),
        did("a", "down", 1, 3),
        did("a", "up", 3, 1),
        did("a", "tags", None, True, kind="tag:x"),
        did("b", "up", 3, 1),
        did("b", "up", 1, 2),
    )

    assert found.flips == (Flip("a", "Task a", "priority", 2, ("down", "up")),)
