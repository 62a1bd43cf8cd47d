"""Journeys of tasks: whatever the order in which their steps became known."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from clickup_mlops.flow.model import FINISHED, Step, build_journey, build_journeys
from clickup_mlops.flow.stages import compute_stages

KINDS = {
    "to do": "open",
    "canary": "custom",
    "live": "custom",
    "shipped": "done",
    "closed": "closed",
}
STEPS = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(sorted(KINDS))), min_size=1, max_size=12
).map(lambda found: [_step(at_ms, status) for at_ms, status in found])


def _step(at_ms: int, status: str, *, creation: bool = False) -> Step:
    return Step("t1", at_ms, status, KINDS.get(status, "open"), "9", creation)


CREATED = _step(0, "to do", creation=True)


@given(STEPS, st.randoms(use_true_random=False))
def test_a_journey_does_not_depend_on_the_order_of_its_steps(steps, chance) -> None:
    shuffled = [*steps]
    chance.shuffle(shuffled)

    assert build_journey(shuffled) == build_journey(steps)


@given(STEPS)
def test_a_step_that_is_known_twice_changes_nothing(steps) -> None:
    assert build_journey([*steps, *steps]) == build_journey(steps)


@given(STEPS)
def test_stays_follow_each_other_without_a_gap(steps) -> None:
    """Only the last one goes on; no two of the same status follow each other."""
    found = build_journey([CREATED, *steps])

    assert all(before.end_ms == after.start_ms for before, after in pairwise(found.stays))
    assert all(before.status != after.status for before, after in pairwise(found.stays))
    assert found.now.end_ms is None
    assert found.stays[0].start_ms == found.created_ms == 0


@given(STEPS)
def test_time_in_all_stages_is_the_time_from_creation_to_the_end(steps) -> None:
    """Less the time in which it was finished and then opened again."""
    found = build_journey([CREATED, *steps])
    end = 2 * 10**6
    spent = sum(found.spent_ms(end).values())
    finished = sum(one.lasted_ms(end) for one in found.stays if one.kind in FINISHED)

    assert spent + finished == end
    assert all(ms >= 0 for ms in found.spent_ms(end).values())


@given(STEPS)
def test_waiting_and_cycle_are_never_negative(steps) -> None:
    """And known only once work has begun, or is finished."""
    found = build_journey([CREATED, *steps])

    assert (found.waited_ms is None) == all(one.kind == "open" for one in found.stays)
    assert (found.finished_ms is None) == (found.now.kind not in FINISHED)
    assert all(ms is None or ms >= 0 for ms in (found.waited_ms, found.cycle_ms))


def test_work_that_was_opened_again_is_finished_when_it_is_finished_last() -> None:
    steps = [
        CREATED,
        _step(5, "live"),
        _step(10, "closed"),
        _step(20, "live"),
        _step(30, "shipped"),
    ]

    found = build_journey([*steps, _step(40, "closed")])

    assert (found.waited_ms, found.finished_ms, found.cycle_ms) == (5, 30, 25)
    assert found.spent_ms(99) == {"to do": 5, "live": 15}


def test_a_creation_without_a_status_is_no_stage() -> None:
    """Where it came without one; the time is kept."""
    bare = replace(CREATED, status="")

    found = build_journey([bare, _step(5, "live")])

    assert ([one.status for one in found.stays], found.created_ms, found.waited_ms) == (
        ["live"],
        0,
        5,
    )


def test_steps_are_sorted_by_task() -> None:
    found = build_journeys([replace(CREATED, task_id="b"), CREATED, replace(CREATED, task_id="a")])

    assert [one.task_id for one in found] == ["a", "b", "t1"]


@given(st.lists(STEPS, min_size=1, max_size=8))
@example([[_step(0, "closed")]])
def test_shares_of_stages_are_shares_of_one_whole(tasks) -> None:
    """Every stage has the tasks that were in it. Of tasks that took no time, none has a share."""
    finished = [build_journey([CREATED, *steps, _step(2 * 10**6, "closed")]) for steps in tasks]

    found = compute_stages(finished)

    whole = any(spent for one in finished for spent in one.spent_ms(0).values())
    assert abs(sum(one.share for one in found) - whole) < 1e-9
    assert {one.status: one.tasks for one in found} == {
        status: sum(status in one.spent_ms(0) for one in finished)
        for status in {name for one in finished for name in one.spent_ms(0)}
    }


def test_stages_stand_in_the_order_in_which_tasks_come_through_them() -> None:
    """A task that went back changes it little."""
    usual = [CREATED, _step(10, "canary"), _step(30, "live"), _step(60, "closed")]
    back = [CREATED, _step(5, "live"), _step(6, "canary"), _step(7, "closed")]

    found = compute_stages([*[build_journey(usual)] * 5, build_journey(back)])

    assert [one.status for one in found] == ["to do", "canary", "live"]
    assert [one.tasks for one in found] == [6, 6, 6]
    times = found[2].times
    assert times is not None and (times.p50, times.p95) == (30, 30)
