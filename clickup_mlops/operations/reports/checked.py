"""Whether the reports of the settings can be built as they are asked for."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from clickup_mlops.bot.reports.settings import ReportSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.report.build import sections_of


def check(reports: Mapping[str, ReportSettings]) -> str:
    """Which there are.

    Raises:
        ConfigError: a section is unknown, or what a format needs is not installed.
    """
    if not reports:
        return "none is scheduled"
    if problems := [line for name, one in reports.items() for line in _problems(name, one)]:
        hint = "`clickup-mlops report list` shows the sections; PDF: pip install"
        raise ConfigError("\n".join(problems), hint=f"{hint} 'clickup-mlops[pdf]'.")
    return f"{len(reports)} scheduled: {', '.join(reports)}"


def _problems(name: str, one: ReportSettings) -> Iterator[str]:
    known = sections_of(one.every)
    for section in one.sections:
        if section not in known:
            yield f"reports.{name}.sections: a {one.every} report has no section {section!r}"
    for target, table in one.targets.items():
        formats = (*getattr(table, "formats", ()), *getattr(table, "attach", ()))
        if "pdf" in formats and find_spec("weasyprint") is None:
            yield f"reports.{name}.targets.{target}: PDF needs weasyprint, which is not installed"
