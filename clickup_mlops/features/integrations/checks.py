"""Whether the reports of other systems can be verified."""

from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.integrations import tools
from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.operations.findings import Check, Note
from clickup_mlops.spelling import format_count


def _check_integrations(bot: Bot) -> str:
    tables = bot.settings.tables(IntegrationTables).integrations
    by_name = tools.kinds() if tables else {}
    unsigned = [
        f"integrations.{name}.token is not set, and {table.kind} signs nothing"
        for name, table in tables.items()
        if not by_name[table.kind].signs and not table.token.get_secret_value()
    ]
    text = f"{format_count(len(tables), 'integration')} at /hooks/in/<name>"
    if unsigned:
        hint = "All of it is refused, unless a proxy signs it with `secret`, in X-Signature."
        raise Note("\n".join([text, *unsigned]), hint=hint)
    return text


CHECKS: Final = (Check("integrations", (), _check_integrations),)
