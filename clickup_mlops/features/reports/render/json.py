"""A report as JSON: one object, the same for the same report."""

import orjson

from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views import plain


def render(report: Report) -> str:
    """`title`, `period` and `sections`; times in Unix ms, what is not known null."""
    one = report.period
    found = {
        "title": report.title,
        "period": {
            "every": one.every,
            "name": one.name,
            "start_ms": one.start_ms,
            "end_ms": one.end_ms,
            "zone": one.zone,
        },
        "sections": [plain.render_section(section) for section in report.sections],
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n"
