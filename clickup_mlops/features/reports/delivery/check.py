"""Finds reports that could never be sent. Pure."""

from collections.abc import Iterator, Mapping

from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.reports.delivery import mail
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.settings import ReportSettings
from clickup_mlops.spelling import suggest_word


def check(reports: Mapping[str, ReportSettings], settings: MailSettings) -> None:
    """Nothing, if each report has a target and sections that exist, e-mail a server, and PDF its
    libraries.

    Raises:
        ConfigError: names each key that is missing or wrong.
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
            key = f"reports.{name}.targets.{target}"
            if table.kind == "mail":
                yield from _of_mail(key, settings)
            if "pdf" in table.files:
                yield from _of_pdf(key)
        yield from _of_sections(f"reports.{name}.sections", report)


def _of_mail(key: str, settings: MailSettings) -> Iterator[tuple[str, str]]:
    try:
        mail.check(settings)
    except InputError as problem:
        yield f"{key}: {problem}", problem.hint


def _of_pdf(key: str) -> Iterator[tuple[str, str]]:
    """What PDF needs is loaded: a library of the system may be missing."""
    from clickup_mlops.features.reports.render import pdf

    try:
        pdf.load()
    except ConfigError as problem:
        yield f"{key}: {problem}", problem.hint


def _of_sections(key: str, report: ReportSettings) -> Iterator[tuple[str, str]]:
    """Sections are only loaded if some are named."""
    if not report.sections:
        return
    from clickup_mlops.ports.sections.find import report_sections

    sections = report_sections(report.every)
    for name in report.sections:
        if name not in sections:
            guess = suggest_word(name, sections)
            yield (
                f"{key}: a {report.every} report has no section {name!r}{guess}",
                f"It has: {', '.join(sections)}.",
            )
