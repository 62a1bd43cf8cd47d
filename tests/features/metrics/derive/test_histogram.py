"""Percentiles."""

import math

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.metrics.derive.formulas import mean
from clickup_mlops.features.metrics.derive.formulas import quantile as of_window
from clickup_mlops.features.metrics.derive.histogram import Bucket, Quantile, native, quantile
from clickup_mlops.features.metrics.scrape import Sample, Window, labels, scrape

observations = st.lists(st.floats(0, 50), min_size=1, max_size=60)
EDGES = (0.5, 1, 2, 5, 10, 20, 40)


def _buckets(values: list[float]) -> tuple[Bucket, ...]:
    lows, highs = (-math.inf, *EDGES), (*EDGES, math.inf)
    return tuple(
        Bucket(low, high, sum(low < value <= high for value in values))
        for low, high in zip(lows, highs, strict=True)
    )


@given(observations, st.floats(0.01, 1))
def test_a_percentile_lies_in_the_bucket_of_the_true_one(values: list[float], q: float) -> None:
    """And where the bucket is open, the limit holds for the true one."""
    result = quantile(q, _buckets(values))
    true = sorted(values)[max(0, math.ceil(q * len(values) - 1e-9) - 1)]

    assert result is not None
    if result.bound == "≤":
        assert true <= result.value
    elif result.bound == ">":
        assert true > result.value
    else:
        low = max((edge for edge in EDGES if edge < true), default=0)
        high = min(edge for edge in EDGES if edge >= true)
        assert low <= result.value <= high


@given(observations)
def test_a_higher_percentile_is_not_lower(values: list[float]) -> None:
    """Monotone."""
    quantiles = [quantile(q / 20, _buckets(values)) for q in range(1, 21)]
    numbers = [quantile.value for quantile in quantiles if quantile]
    assert numbers == sorted(numbers)


def test_without_observations_there_is_no_percentile() -> None:
    """Not 0."""
    assert quantile(0.99, _buckets([])) is None
    assert quantile(0.99, ()) is None


def test_a_native_histogram_is_read_as_prometheus_answers_it() -> None:
    """Boundaries rule, lower and upper edge, count; numbers are texts."""
    buckets = native([[0, "1", "2", "10"], [3, "-0.5", "0.5", "10"]])
    assert quantile(0.5, buckets) == Quantile(0.5)
    assert quantile(0.75, buckets) == Quantile(1.5)


def test_series_of_one_group_are_one_histogram() -> None:
    """Buckets add up, and a mean is the sum over the count."""
    samples = [
        [
            Sample("t_bucket", labels(engine=engine, le="1"), 10 * at),
            Sample("t_bucket", labels(engine=engine, le="2"), 20 * at),
            Sample("t_bucket", labels(engine=engine, le="+Inf"), 20 * at),
            Sample("t_sum", labels(engine=engine), 24 * at),
            Sample("t_count", labels(engine=engine), 20 * at),
        ]
        for at in (1, 2)
        for engine in ("0", "1")
    ]
    before, now = scrape(0, samples[0] + samples[1]), scrape(30_000, samples[2] + samples[3])

    assert of_window(0.75, "t")(Window(now, before)) == Quantile(1.5)
    assert mean("t")(Window(now, before)) == 1.2


def test_a_histogram_that_began_anew_counts_from_zero_in_all_buckets() -> None:
    """Also in those that have grown past their old value: all after the restart were fast."""
    first, second = (
        scrape(
            at_ms,
            [Sample("t_bucket", labels(le=edge), count) for edge, count in counts.items()],
        )
        for at_ms, counts in (
            (0, {"0.3": 3, "0.5": 50, "+Inf": 1000}),
            (30_000, {"0.3": 30, "0.5": 30, "+Inf": 30}),
        )
    )
    assert of_window(0.99, "t")(Window(second, first)) == Quantile(0.3, "≤")
