"""Every value gets its turn before one gets a second."""

from collections.abc import Iterable

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.placement.planning import Reason, Write
from clickup_mlops.features.metrics.placement.rounds import Round

EVERY_MS = 60_000


def write(task_id: str, reason: Reason = "changed", change: float = 0.5, at_ms: int = 0) -> Write:
    field = {"id": "f", "name": "P99 latency ms", "type": "number"}
    task = Task.parse({"id": task_id, "custom_fields": [field]})
    return Write(task, task.fields[0], 1.0, 2.0, reason, change, at_ms)


def order(values_round: Round, writes: Iterable[Write]) -> list[str]:
    return [write.task.id for write in values_round.select(writes)]


def test_the_order_is_by_reason_then_change_then_the_time_since_the_last_write() -> None:
    """Numbers that are wrong first, then those that change what is urgent."""
    values_round = Round(EVERY_MS)
    values_round.begin(0)
    writes = [
        write("recent", at_ms=5),
        write("small", change=0.1),
        write("first", "first"),
        write("old", at_ms=4),
        write("crossed", "crossed"),
        write("stale", "stale"),
    ]
    assert order(values_round, writes) == ["stale", "crossed", "first", "old", "recent", "small"]


def test_a_value_that_always_changes_most_waits_for_the_others() -> None:
    """Also if a pass was cut off, and the next one goes on."""
    values_round, writes = Round(EVERY_MS), [write("loud", change=0.9), write("quiet", change=0.1)]
    values_round.begin(0)
    values_round.take(("loud", "f"))
    values_round.begin(15_000)
    assert order(values_round, writes) == ["quiet"]


def test_what_is_urgent_waits_for_no_round() -> None:
    """Others get at most one value in `push_every`."""
    values_round, writes = Round(EVERY_MS), [write("a"), write("b", "crossed"), write("c", "stale")]
    values_round.begin(0)
    values_round.end()
    values_round.begin(45_000)
    assert order(values_round, writes) == ["c", "b"]
    values_round.begin(60_000)
    assert order(values_round, writes) == ["c", "b", "a"]


def test_a_round_of_which_nothing_remains_is_over() -> None:
    """What a pass that was cut off has left begins anew once its time has come."""
    values_round = Round(EVERY_MS)
    values_round.begin(0)
    values_round.take(("a", "f"))
    assert not values_round.begin_anew(45_000)
    assert values_round.begin_anew(60_000)
    assert order(values_round, [write("a")]) == ["a"]
