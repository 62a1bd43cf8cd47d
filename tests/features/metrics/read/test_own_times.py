"""What a source says of its own times is obeyed, and -1 is no number."""

import pytest

from clickup_mlops.features.metrics.derive.formulas import gauge, increase, rate
from clickup_mlops.features.metrics.quantity import is_possible
from clickup_mlops.features.metrics.read.exposition import parse
from clickup_mlops.features.metrics.scrape import Scrape, Window, scrape

NOW_MS = 1_800_000_000_000


def at(text: str, now_ms: int) -> Scrape:
    return scrape(now_ms, parse(text, lambda name: True).samples)


def window(before: str, now: str) -> Window:
    """Two pages, 60 s apart."""
    return Window(at(now, NOW_MS), at(before, NOW_MS - 60_000))


@pytest.mark.parametrize("time", [str(NOW_MS - 5_000), "1799999995.0", "1.799999995e9"])
def test_a_time_is_read_in_both_formats(time: str) -> None:
    """Milliseconds, or seconds of OpenMetrics."""
    (sample,) = at(f"a 1 {time}\n", NOW_MS).samples
    assert sample.at_ms == NOW_MS - 5_000


def test_what_says_that_it_is_old_is_no_sample() -> None:
    """As Prometheus has it: after five minutes."""
    result = at(f"a 1 {NOW_MS - 300_001}\nb 2 {NOW_MS - 299_999}\nc 3\n", NOW_MS)
    assert [sample.name for sample in result.samples] == ["b", "c"]
    assert result.remark == "1 series older than 5 minutes by their own times, left out"


def test_a_rate_is_over_the_time_between_both_values() -> None:
    """100 in 20 s, though the scrapes are 60 s apart."""
    pages = window(f"c 0 {NOW_MS - 50_000}\n", f"c 100 {NOW_MS - 30_000}\n")
    assert rate("c")(pages) == pytest.approx(5)
    assert increase("c")(pages) == pytest.approx(300)


def test_a_value_that_did_not_come_anew_has_no_rate() -> None:
    """It is not 0: nobody looked."""
    pages = window(f"c 100 {NOW_MS - 70_000}\n", f"c 100 {NOW_MS - 70_000}\n")
    assert rate("c")(pages) is None


def test_a_number_below_zero_says_that_there_is_none() -> None:
    """But for what may be."""
    pages = window("c -1\n", "g{a='1'} -1\n".replace("'", '"') + 'g{a="2"} 5\nc 7\n')
    assert gauge("g")(pages) == 5
    assert gauge("g", signed=True)(pages) == 4
    assert rate("c")(pages) is None
    assert not is_possible("gpu_power_w", -1)
    assert is_possible("optic_received_dbm", -7) and is_possible("my_own_number", -1)
