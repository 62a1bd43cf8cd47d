"""Finds reports that could never be sent. Pure."""

from collections.abc import Iterator, Mapping

from clickup_mlops.bot import mail
from clickup_mlops.bot.mail import MailSettings
from clickup_mlops.bot.reports.settings import ReportSettings
from clickup_mlops.errors import ConfigError, InputError


def check(reports: Mapping[str, ReportSettings], settings: MailSettings) -> None:
    """Nothing, if each report has a target, and e-mail a server.

    Raises:
        ConfigError: names each key that is missing.
    """
    if problems := [*_problems(reports, settings)]:
        text, hints = zip(*problems, strict=True)
        raise ConfigError("\n".join(text), hint=" ".join(dict.fromkeys(hints)))


def _problems(
    reports: Mapping[str, ReportSettings], settings: MailSettings
) -> Iterator[tuple[str, str]]:
    for name, report in reports.items():
        if not report.targets:
            yield (
                f"reports.{name}.targets: there is none",
                f"Add a table [reports.{name}.targets.<target>] with `kind`.",
            )
        for target, table in report.targets.items():
            if table.kind == "mail":
                yield from _of_mail(f"reports.{name}.targets.{target}", settings)


def _of_mail(key: str, settings: MailSettings) -> Iterator[tuple[str, str]]:
    try:
        mail.check(settings)
    except InputError as problem:
        yield f"{key}: {problem}", problem.hint
