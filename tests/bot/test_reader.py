"""How often a busy list is read."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.bot.reader import PAGE, Pace
from tests.bot.conftest import NOW_MS


def reads_of(arrivals: list[int], longest_ms: int) -> list[int]:
    """When a list is read whose tasks change at these times (ms); a read serves what waits."""
    pace, reads, waiting, at = Pace(longest_ms), [], 0, 0
    for now in range(0, arrivals[-1] + 20_000, 10):
        while at < len(arrivals) and arrivals[at] <= now:
            pace.hear(f"task{at}", NOW_MS + arrivals[at])
            waiting, at = waiting + 1, at + 1
        if waiting and pace.wait_until(NOW_MS + now, waiting) <= NOW_MS + now:
            pace.was_read(NOW_MS + now)
            reads.append(now)
            waiting = max(0, waiting - PAGE)
    assert waiting == 0
    return reads


@given(st.lists(st.integers(min_value=250, max_value=60_000), min_size=1, max_size=50))
def test_a_calm_list_is_read_at_once(gaps: list[int]) -> None:
    """Up to four changes a second do not wait for each other."""
    arrivals = [sum(gaps[: n + 1]) // 10 * 10 for n in range(len(gaps))]

    assert reads_of(arrivals, 2_000) == sorted(set(arrivals))


@given(st.integers(min_value=1, max_value=20))
def test_1000_changes_within_20_seconds_cost_at_most_20_reads(seconds: int) -> None:
    """However quickly or slowly a burst arrives."""
    arrivals = [n * seconds for n in range(1_000)]

    assert len(reads_of(arrivals, 2_000)) <= 20


def test_a_change_that_is_told_again_counts_once() -> None:
    """A lane that was postponed comes back with the same change: no busier for that."""
    pace = Pace(2_000)
    for _ in range(50):
        pace.hear("task1", NOW_MS)

    pace.was_read(NOW_MS + 50)

    assert pace.wait_until(NOW_MS + 50, waiting=1) == NOW_MS + 50


@given(st.lists(st.integers(min_value=0, max_value=60_000), min_size=1, max_size=200))
def test_no_event_waits_longer_than_it_may(arrivals: list[int]) -> None:
    """The wait between two reads is bounded while something waits."""
    arrivals = sorted(arrivals)
    reads = reads_of(arrivals, 2_000)

    for arrival in arrivals:
        assert min(read for read in reads if read >= arrival - 10) - arrival <= 2_010
