"""Any page in the Prometheus or OpenMetrics text format: its gauges and counters by their names."""

from typing import Any

from pydantic import Field

from clickup_mlops.features.metrics.read.exposition import parse
from clickup_mlops.features.metrics.read.scraped import read_targets
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.read.targets import Target
from clickup_mlops.features.metrics.scrape import Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, format_address


class Settings(PageTable):
    """`[metrics.sources.<name>]` with `kind = "openmetrics"`."""

    names: tuple[str, ...] = Field(min_length=1)
    """The metrics to read. Each series becomes a reading of that name: a counter is its total."""


def read(settings: Settings, target: Target, text: str, now_ms: int) -> Scrape:
    """The series of these names.

    Raises:
        SourceError: the page has none of them.
    """
    exposition = parse(text, settings.names.__contains__)
    if not exposition.samples:
        raise SourceError(
            f"{format_address(target.url)}: none of these metrics is there: "
            f"{', '.join(settings.names)}",
            hint="Open the page in a browser: names are those before `{`.",
        )
    return scrape(now_ms, exposition.samples, exposition.problems)


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """Of one page, or of a fleet's."""
    return read_targets(settings, reader, now_ms, read)


SOURCE: Source[Any] = Source(Settings, collect)
