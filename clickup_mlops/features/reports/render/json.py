"""A report as JSON: one object, the same for the same report."""

import orjson

from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views import plain


def render(report: Report) -> str:
    """`title`, `period` and `sections`; times in Unix ms, what is not known null."""
    period = report.period
    content = {
        "title": report.title,
        "period": {
            "every": period.every,
            "name": period.name,
            "start_ms": period.start_ms,
            "end_ms": period.end_ms,
            "zone": period.zone,
        },
        "sections": [plain.render_section(section) for section in report.sections],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n"
