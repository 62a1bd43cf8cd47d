"""A JSON or CSV file that something else writes, such as the summary of an evaluation."""

from clickup_mlops.features.metrics.read.plain import from_csv, from_json
from clickup_mlops.features.metrics.scrape import Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceTable


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "file"`."""

    path: str
    """Of the file; `.csv` is read as CSV, anything else as JSON."""


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All numbers in it; texts beside them are their labels."""
    text = reader.file(settings.path)
    read = from_csv if settings.path.casefold().endswith(".csv") else from_json
    return scrape(now_ms, read(text))


SOURCE = Source(Settings, collect)
