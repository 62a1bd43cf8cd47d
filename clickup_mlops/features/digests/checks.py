"""Which digests are posted."""

from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.digests.settings import DigestTables
from clickup_mlops.operations.findings import Check
from clickup_mlops.spelling import format_count


def _check_digests(bot: Bot) -> str:
    digests = bot.settings.tables(DigestTables).digests
    return f"{format_count(len(digests), 'digest')} configured"


CHECKS: Final = (Check("digests", (), _check_digests),)
