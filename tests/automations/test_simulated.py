"""A simulation is summed up: writes, flips, cap hits, each automation's share."""

import json

from clickup_mlops.automations.perform import State
from clickup_mlops.features.simulation.simulated import Did, Flip, PerAutomation, Simulated


def actions_of(
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
    result = summed(
        actions_of("a", "one", 3, 2),
        actions_of("b", "one", 3, 2),
        actions_of("c", "one", 3, 2, "capped"),
        actions_of("a", "two", None, True, "problem"),
    )

    assert result.changed_tasks == 2
    assert result.automations == (
        PerAutomation("one", 2, 2, 1, 0),
        PerAutomation("two", 0, 0, 0, 1),
    )
    assert result.to_dict()["calls"] == {"writes": 2, "reads_at_most": 4}
    assert result.to_dict()["cap_hits"] == 1
    assert json.dumps(result.to_dict())


def test_a_value_that_goes_back_is_a_flip() -> None:
    """With the automations that fight over it; other values of the task are none."""
    result = summed(
        actions_of("a", "up", 3, 1),
        actions_of("a", "down", 1, 3),
        actions_of("a", "up", 3, 1),
        actions_of("a", "tags", None, True, kind="tag:x"),
        actions_of("b", "up", 3, 1),
        actions_of("b", "up", 1, 2),
    )

    assert result.flips == (Flip("a", "Task a", "priority", 2, ("down", "up")),)
