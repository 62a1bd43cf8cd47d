"""What a command of the administrator prints: JSON, or the Prometheus text format."""

from pydantic import Field

from clickup_mlops.features.metrics.read.exposition import parse
from clickup_mlops.features.metrics.read.plain import from_json
from clickup_mlops.features.metrics.scrape import Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceTable


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "command"`."""

    command: tuple[str, ...] = Field(min_length=1)
    """Program and arguments; no shell reads them."""
    environment: tuple[str, ...] = ()
    """Variables of the bot's environment that it gets besides `PATH`, `HOME`, `LANG`, `LC_ALL`,
    `TZ` and `TMPDIR`, for example `["EVAL_TOKEN"]`. All others are kept from it: they may be
    secrets."""


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All numbers that it prints."""
    timeout_s = settings.timeout.total_seconds()
    text = reader.output(settings.command, timeout_s, settings.environment).strip()
    if text.startswith(("{", "[")):
        return scrape(now_ms, from_json(text))
    exposition = parse(text, lambda name: True)
    return scrape(now_ms, exposition.samples, exposition.problems)


SOURCE = Source(Settings, collect)
