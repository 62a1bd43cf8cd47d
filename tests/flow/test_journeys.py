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
).map(lambda pairs: [_step(at_ms, status) for at_ms, status in pairs])


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
    journey = build_journey([CREATED, *steps])

    assert all(before.end_ms == after.start_ms for before, after in pairwise(journey.stays))
    assert all(before.status != after.status for before, after in pairwise(journey.stays))
    assert journey.now.end_ms is None
    assert journey.stays[0].start_ms == journey.created_ms == 0


@given(STEPS)
def test_time_in_all_stages_is_the_time_from_creation_to_the_end(steps) -> None:
    """Less the time in which it was finished and then opened again."""
    journey = build_journey([CREATED, *steps])
    end = 2 * 10**6
    spent = sum(journey.spent_ms(end).values())
    finished = sum(stay.lasted_ms(end) for stay in journey.stays if stay.kind in FINISHED)

    assert spent + finished == end
    assert all(ms >= 0 for ms in journey.spent_ms(end).values())


@given(STEPS)
def test_waiting_and_cycle_are_never_negative(steps) -> None:
    """And known only once work has begun, or is finished."""
    journey = build_journey([CREATED, *steps])

    assert (journey.waited_ms is None) == all(stay.kind == "open" for stay in journey.stays)
    assert (journey.finished_ms is None) == (journey.now.kind not in FINISHED)
    assert all(ms is None or ms >= 0 for ms in (journey.waited_ms, journey.cycle_ms))


def test_work_that_was_opened_again_is_finished_when_it_is_finished_last() -> None:
    steps = [
        CREATED,
        _step(5, "live"),
        _step(10, "closed"),
        _step(20, "live"),
        _step(30, "shipped"),
    ]

    journey = build_journey([*steps, _step(40, "closed")])

    assert (journey.waited_ms, journey.finished_ms, journey.cycle_ms) == (5, 30, 25)
    assert journey.spent_ms(99) == {"to do": 5, "live": 15}


def test_a_creation_without_a_status_is_no_stage() -> None:
    """Where it came without one; the time is kept."""
    bare = replace(CREATED, status="")

    journey = build_journey([bare, _step(5, "live")])

    assert ([stay.status for stay in journey.stays], journey.created_ms, journey.waited_ms) == (
        ["live"],
        0,
        5,
    )


def test_steps_are_sorted_by_task() -> None:
    journeys = build_journeys(
        [replace(CREATED, task_id="b"), CREATED, replace(CREATED, task_id="a")]
    )

    assert [journey.task_id for journey in journeys] == ["a", "b", "t1"]


@given(st.lists(STEPS, min_size=1, max_size=8))
@example([[_step(0, "closed")]])
def test_shares_of_stages_are_shares_of_one_whole(tasks) -> None:
    """Every stage has the tasks that were in it. Of tasks that took no time, none has a share."""
    finished = [build_journey([CREATED, *steps, _step(2 * 10**6, "closed")]) for steps in tasks]

    stages = compute_stages(finished)

    has_spent = any(spent for journey in finished for spent in journey.spent_ms(0).values())
    assert abs(sum(stage.share for stage in stages) - has_spent) < 1e-9
    assert {stage.status: stage.tasks for stage in stages} == {
        status: sum(status in journey.spent_ms(0) for journey in finished)
        for status in {name for journey in finished for name in journey.spent_ms(0)}
    }


def test_stages_stand_in_the_order_in_which_tasks_come_through_them() -> None:
    """A task that went back changes it little."""
    usual = [CREATED, _step(10, "canary"), _step(30, "live"), _step(60, "closed")]
    back = [CREATED, _step(5, "live"), _step(6, "canary"), _step(7, "closed")]

    stages = compute_stages([*[build_journey(usual)] * 5, build_journey(back)])

    assert [stage.status for stage in stages] == ["to do", "canary", "live"]
    assert [stage.tasks for stage in stages] == [6, 6, 6]
    times = stages[2].times
    assert times is not None and (times.p50, times.p95) == (30, 30)
