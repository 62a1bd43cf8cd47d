"""Measures that most inference servers have, by the names that the bot gives them."""

from collections.abc import Iterator, Sequence

from clickup_mlops.features.metrics.derive.formulas import Measure, quantile


def latencies(
    title: str, key: str, names: Sequence[str], by: tuple[str, ...], *, factor: float = 1000
) -> Iterator[Measure]:
    """Percentiles of a histogram in seconds (`factor` 1000) or ms (`factor` 1), as ms."""
    for percent in (50, 95, 99):
        yield Measure(
            f"{key}_p{percent}_ms",
            "ms",
            f"{title}, {percent}th percentile.",
            quantile(percent / 100, *names, factor=factor),
            by,
        )
