"""What a command of the administrator prints: JSON, or the Prometheus text format."""

from pydantic import Field

from clickup_mlops.metrics.exposition import parse
from clickup_mlops.metrics.plain import from_json
from clickup_mlops.metrics.scrape import Scrape, scrape
from clickup_mlops.metrics.source import Reader, Source, SourceTable


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "command"`."""

    command: tuple[str, ...] = Field(min_length=1)
    """Program and arguments; no shell reads them."""


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All numbers that it prints."""
    text = reader.output(settings.command, settings.timeout.total_seconds()).strip()
    if text.startswith(("{", "[")):
        return scrape(now_ms, from_json(text))
    found = parse(text, lambda name: True)
    return scrape(now_ms, found.samples, found.problems)


SOURCE = Source(Settings, collect)
