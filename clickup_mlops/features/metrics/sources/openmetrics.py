"""Any page in the Prometheus or OpenMetrics text format: its gauges and counters by their names."""

from typing import Any

from pydantic import Field

from clickup_mlops.features.metrics.read.exposition import parse
from clickup_mlops.features.metrics.read.scraped import PageTable
from clickup_mlops.features.metrics.scrape import Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, format_address


class Settings(PageTable):
    """`[metrics.sources.<name>]` with `kind = "openmetrics"`."""

    names: tuple[str, ...] = Field(min_length=1)
    """The metrics to read. Each series becomes a reading of that name: a counter is its total."""


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """The series of these names.

    Raises:
        SourceError: the page has none of them.
    """
    text = reader.text(
        str(settings.url), settings.build_headers(), settings.timeout.total_seconds()
    )
    exposition = parse(text, settings.names.__contains__)
    if not exposition.samples:
        raise SourceError(
            f"{format_address(settings.url)}: none of these metrics is there: "
            f"{', '.join(settings.names)}",
            hint="Open the page in a browser: names are those before `{`.",
        )
    return scrape(now_ms, exposition.samples, exposition.problems)


SOURCE: Source[Any] = Source(Settings, collect)
