"""Which change made a measure worse."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.metrics.presentation.changes import find_suspect
from clickup_mlops.store.tables.timeline import Entry

MINUTE = 60_000


def deployed(at: int, text: str) -> Entry:
    return Entry(text, "900", "t", at, "deployment", text)


def points(*values: float | None) -> list[tuple[int, float | None]]:
    """A minute apart."""
    return [(at * MINUTE, value) for at, value in enumerate(values)]


def test_of_several_changes_the_one_with_the_largest_step_is_named() -> None:
    """Not the last one, after which nothing happened."""
    line = points(*[100.0] * 5, *[300.0] * 5, *[301.0] * 5)
    changes = [deployed(5 * MINUTE, "v2"), deployed(10 * MINUTE, "v3")]
    step = find_suspect(line, changes, "latency")
    assert step is not None
    assert (step.entry.text, step.before, step.after) == ("v2", 100, 300)
    assert step.worse > 0.6


def test_less_is_worse_of_what_should_be_much() -> None:
    """And better of what should be little. Availability is measured by what it lacks."""
    line, changes = points(*[100.0] * 5, *[50.0] * 5), [deployed(5 * MINUTE, "v2")]
    worse = {
        aspect: find_suspect(line, changes, aspect)
        for aspect in ("latency", "errors", "throughput", "quality")
    }
    assert [step is not None and step.worse > 0 for step in worse.values()] == [
        False,
        False,
        True,
        True,
    ]
    line = points(*[99.99] * 5, *[99.9] * 5)
    step = find_suspect(line, changes, "errors", is_availability=True, maximum=100)
    assert step is not None and step.worse > 0.8


def test_too_few_points_say_nothing() -> None:
    """Gaps are none."""
    line, changes = points(1, None, 2, 3, 4, 5), [deployed(3 * MINUTE, "v2")]
    assert find_suspect(line, changes, "latency") is None
    assert find_suspect(line, [], "latency") is None


@given(st.lists(st.floats(1, 1e6), min_size=6, max_size=30), st.integers(0, 30))
def test_a_series_that_is_worse_the_other_way_round_is_better(values: list[float], at: int) -> None:
    """Latency and throughput judge the same step the other way."""
    changes = [deployed(at * MINUTE, "v2")]
    latency = find_suspect(points(*values), changes, "latency")
    throughput = find_suspect(points(*values), changes, "throughput")
    assert (latency is None) == (throughput is None)
    if latency and throughput and latency.before != latency.after:
        assert latency.worse == -throughput.worse
