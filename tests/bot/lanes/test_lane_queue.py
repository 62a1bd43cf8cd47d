"""Lanes that wait for a worker: the most urgent ones first, and none for ever."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.bot.lanes.lane_queue import MOST, LaneQueue
from clickup_mlops.store.queries.ready_lanes import ReadyLane
from clickup_mlops.store.ranks import (
    FRESH_MS,
    RANKS,
    SHARES,
    Estimate,
    Urgency,
    compute_rank,
    urgency_of,
)

LIVE, FRESH, LATE = map(compute_rank, Urgency)
ranks = st.sampled_from(RANKS)


def take_all(queue: LaneQueue) -> list[ReadyLane]:
    lanes = []
    while (lane := queue.take()) is not None:
        lanes.append(lane)
    return lanes


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), ranks)))
def test_each_lane_is_taken_once_with_the_best_rank_it_was_put_with(
    puts: list[tuple[str, int]],
) -> None:
    """However often it is asked for: a command lifts a lane with a back-fill, never the reverse."""
    queue, best = LaneQueue(), dict[str, int]()
    for lane, rank in puts:
        queue.put(lane, rank)
        best[lane] = min(rank, best.get(lane, rank))
    assert len(queue) == len(best)

    assert Counter(take_all(queue)) == Counter(ReadyLane(*lane) for lane in best.items())


@given(st.lists(ranks, max_size=60), st.lists(ranks, min_size=40, max_size=40))
def test_no_class_starves(waiting: list[int], coming: list[int]) -> None:
    """Whatever comes meanwhile: of as many lanes as there are turns, each class that waits all the
    time has its share.
    """
    queue = LaneQueue()
    for number, rank in enumerate(waiting):
        queue.put(f"w{number}", rank)
    takes: list[Urgency] = []
    waits: list[set[Urgency]] = []
    for number, rank in enumerate(coming):
        queue.put(f"c{number}", rank)
        waits.append({urgency for urgency in Urgency if count(queue, urgency)})
        lane = queue.take()
        assert lane is not None
        takes.append(urgency_of(lane.rank))

    size = len(SHARES)
    for start in range(len(takes) - size + 1):
        always = set.intersection(*waits[start : start + size])
        share = Counter(takes[start : start + size])
        assert all(share[urgency] >= SHARES.count(urgency) for urgency in always)


def count(queue: LaneQueue, urgency: Urgency) -> int:
    """How many of its lanes wait."""
    return sum(urgency_of(rank) is urgency for rank in queue._ranks.values())


@given(st.lists(ranks, max_size=40))
def test_in_a_class_inference_goes_first_then_who_came_first(waiting: list[int]) -> None:
    """An order that shares do not change."""
    queue = LaneQueue()
    for number, rank in enumerate(waiting):
        queue.put(f"{number:02}", rank)
    lanes = take_all(queue)

    for urgency in Urgency:
        of_class = [(rank, lane) for lane, rank in lanes if urgency_of(rank) is urgency]
        assert of_class == sorted(of_class)


def test_a_command_is_next_however_much_waits() -> None:
    """At most the one late lane whose turn it is goes before it."""
    queue = LaneQueue()
    for number in range(MOST):
        queue.put(f"late{number}", LATE)
    for number in range(20):
        queue.put(f"said{number}", LIVE)
        lanes = [queue.take(), queue.take()]
        assert ReadyLane(f"said{number}", LIVE) in lanes


def test_a_fresh_lane_that_waits_for_a_minute_is_late() -> None:
    """What came since goes before it, as in the inbox."""
    now_s = [0.0]
    queue = LaneQueue(lambda: now_s[0])
    queue.put("old", FRESH)
    now_s[0] = FRESH_MS / 1000
    queue.put("new", FRESH)

    assert take_all(queue) == [ReadyLane("new", FRESH), ReadyLane("old", LATE)]


def test_it_takes_no_more_lanes_of_a_rank_than_it_may() -> None:
    """The sweeper has the others: what waits in the inbox does not fill the memory."""
    queue = LaneQueue()
    for number in range(MOST + 9):
        queue.put(str(number), LATE)
    queue.put("inference", compute_rank(Urgency.LATE, Estimate.INFERENCE))

    assert len(queue) == MOST + 1
    assert queue.clear() == MOST + 1
    assert queue.take() is None
