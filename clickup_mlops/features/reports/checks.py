"""Whether reports can be sent."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ConfigError, Forbidden, NotFound
from clickup_mlops.features.reports.delivery import check as reports
from clickup_mlops.features.reports.delivery import mail
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.targets import comment
from clickup_mlops.features.reports.settings import ReportTables
from clickup_mlops.operations.check import direct_client
from clickup_mlops.operations.findings import Check
from clickup_mlops.spelling import format_count


def _check_reports(bot: Bot) -> str:
    settings = bot.settings.tables(ReportTables).reports
    mail_settings = bot.settings.table(MailSettings)
    reports.check(settings, mail_settings)
    targets = [table for report in settings.values() for table in report.targets.values()]
    if any(table.kind == "mail" for table in targets):
        mail.look(mail_settings)
    if missing := [*_missing_tasks(bot)]:
        hint = "Give the id or address of a task that the bot may read."
        raise ConfigError("\n".join(missing), hint=hint)
    return f"{format_count(len(settings), 'report')} configured"


def _missing_tasks(bot: Bot) -> Iterator[str]:
    """Tasks that reports would comment on. A call for each."""
    for name, report in bot.settings.tables(ReportTables).reports.items():
        for target, table in report.targets.items():
            if isinstance(table, comment.Options):
                try:
                    direct_client(bot).tasks.get(comment.task_id(table.task))
                except (NotFound, Forbidden) as problem:
                    yield f"reports.{name}.targets.{target}.task: {table.task}: {problem}"


CHECKS: Final = (Check("reports", (), _check_reports),)
