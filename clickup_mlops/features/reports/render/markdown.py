"""A report as Markdown, for Docs, chat and comments. Charts are tables of their lines' numbers."""

from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views import markdown


def render(report: Report) -> str:
    """Title, period and sections; times in the period's zone."""
    head = f"# {markdown.escape(report.title)}\n\n{markdown.escape(period.text(report.period))}\n"
    zone = report.period.zone
    parts = (markdown.render_section(section, zone) for section in report.sections)
    return "\n".join((head, *parts)) if report.sections else f"{head}\n{NOTHING}\n"


NOTHING = "Nothing to report."
