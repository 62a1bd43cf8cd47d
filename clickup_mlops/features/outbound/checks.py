"""Whether messages to other systems can be sent, and which of them were refused."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.outbound.outbound import LANE
from clickup_mlops.features.outbound.post import check_address
from clickup_mlops.features.outbound.settings import OutboundSettings
from clickup_mlops.operations.findings import Check, Note
from clickup_mlops.spelling import format_count

_MOST: Final = 1_000


def _check_outbound(bot: Bot) -> str:
    """No call: a target would post what it gets."""
    settings = bot.settings.table(OutboundSettings)
    if problems := [*_problems(settings)]:
        raise ConfigError("\n".join(problems), hint="See outbound.allow_hosts.")
    text = f"{format_count(len(settings.targets), 'target')} configured"
    if parked := _parked(bot):
        lines = (f"{target}: parked: {error}" for target, error in parked.items())
        hint = "`clickup-mlops events list --state parked`; `events replay` sends it again."
        raise Note("\n".join([text, *lines]), hint=hint)
    return text


def _problems(settings: OutboundSettings) -> Iterator[str]:
    for name, target in settings.targets.items():
        try:
            check_address(target.address, settings.allow_hosts)
        except InputError as problem:
            yield f"outbound.targets.{name}.url: {problem}"


def _parked(bot: Bot) -> dict[str, str]:
    """The error of each target's oldest parked message."""
    rows = bot.store.inbox.list("parked", _MOST)
    return {row.lane.removeprefix(LANE): row.error for row in rows if row.lane.startswith(LANE)}


CHECKS: Final = (Check("outbound", ("store",), _check_outbound),)
