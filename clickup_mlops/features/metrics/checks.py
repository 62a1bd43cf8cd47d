"""Whether numbers can be read, and where they go."""

from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.operations.findings import Check, Note
from clickup_mlops.spelling import format_count


def _check_metrics(bot: Bot) -> str:
    """Reads each source once."""
    settings = bot.settings.table(MetricsSettings)
    if not settings.sources and not settings.bindings:
        return "no source is configured"
    from clickup_mlops.features.metrics import operations

    bound = operations.bound(bot)
    read = operations.scrape(settings, (), now_ms=bot.now_ms)
    problems = [
        *bound.problems,
        *(f"{source.source}: {message}" for source in read for message in source.messages),
    ]
    text = (
        f"{format_count(len(settings.sources), 'source')}, "
        f"{format_count(len(bound.bindings), 'binding')}"
    )
    if problems:
        raise Note("\n".join([text, *problems]), hint="See `clickup-mlops metrics push --dry-run`.")
    return text


CHECKS: Final = (Check("metrics", ("workspace", "store"), _check_metrics),)
