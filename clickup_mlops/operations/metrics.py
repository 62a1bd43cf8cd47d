"""Metric sources: which are configured, and what they say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clickup_mlops.errors import InputError
from clickup_mlops.metrics.collect import Collected, Collector
from clickup_mlops.metrics.reader import WorldReader
from clickup_mlops.metrics.settings import MetricsSettings, kinds
from clickup_mlops.spelling import SENTENCE, did_you_mean


@dataclass(frozen=True, slots=True)
class ConfiguredSource:
    """A source of the settings; `measures` are the names of what its kind derives."""

    name: str
    kind: str
    every_s: float
    measures: tuple[str, ...]


def sources(settings: MetricsSettings) -> list[ConfiguredSource]:
    """Those that are configured, by name."""
    known = kinds() if settings.sources else {}
    return [
        ConfiguredSource(
            name,
            table.kind,
            table.every.total_seconds(),
            tuple(measure.name for measure in known[table.kind].measures),
        )
        for name, table in sorted(settings.sources.items())
    ]


def scrape(
    settings: MetricsSettings,
    names: Sequence[str],
    *,
    now_ms: Callable[[], int],
    wait: Callable[[], None] | None = None,
) -> Iterator[Collected]:
    """What these sources say, or all of them without names.

    Rates need two scrapes: with `wait`, which is called in between, both are made.

    Raises:
        InputError: there is no source of that name.
    """
    collector = Collector(settings.sources, kinds, WorldReader())
    chosen = [_known(name, settings) for name in names] or sorted(settings.sources)
    if wait:
        for name in chosen:
            collector.scrape(name, now_ms())
        wait()
    for name in chosen:
        yield collector.scrape(name, now_ms())


def _known(name: str, settings: MetricsSettings) -> str:
    if name not in settings.sources:
        hint = did_you_mean(name, settings.sources, SENTENCE, otherwise="See `metrics sources`.")
        raise InputError(f"{name}: no such source in [metrics.sources]", hint=hint)
    return name
