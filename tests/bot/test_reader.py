"""How often a busy list is read."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.bot.reader import PAGE, Pace
from tests.bot.conftest import NOW_MS


def reads_of(arrivals: list[int], longest_ms: int) -> list[int]:
    """When a list is read whose tasks change at these times (ms); a read serves what waits."""
    pace, reads, waiting, at = Pace(longest_ms), [], 0, 0
    for now in range(0, arrivals[-1] + 20_000, 50):
        while at < len(arrivals) and arrivals[at] <= now:
            waiting, at = waiting + 1, at + 1
        if waiting and pace.wait_until(NOW_MS + now, waiting) <= NOW_MS + now:
            pace.reads.append(NOW_MS + now)
            reads.append(now)
            waiting = max(0, waiting - PAGE)
    assert waiting == 0
    return reads


def test_a_quiet_list_is_read_at_once() -> None:
    """An event now and then does not wait."""
    assert reads_of([0, 60_000, 120_000], 4_000) == [0, 60_000, 120_000]


@given(st.integers(min_value=1, max_value=45))
def test_1000_changes_within_45_seconds_cost_at_most_20_reads(seconds: int) -> None:
    """However quickly or slowly a burst arrives."""
    arrivals = [n * seconds for n in range(1_000)]

    assert len(reads_of(arrivals, 4_000)) <= 20


@given(st.lists(st.integers(min_value=0, max_value=60_000), min_size=1, max_size=200))
def test_no_event_waits_longer_than_it_may(arrivals: list[int]) -> None:
    """The wait between two reads is bounded while something waits."""
    arrivals = sorted(arrivals)
    reads = reads_of(arrivals, 4_000)

    for arrival in arrivals:
        assert min(read for read in reads if read >= arrival - 50) - arrival <= 4_050
