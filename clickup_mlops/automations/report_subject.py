"""What the report of another system is about, as tasks and notes keep it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.json_types import JsonObject

ABOUT: Final = "about"
"""Where a task that was created for a report, and a note about an alert, keep this."""


STARTS: Final = "starts"
"""Of a report about an alert: since when it fires (ISO 8601)."""


def about_report(report: Mapping[str, Any]) -> JsonObject:
    """What a report is about: its `key` and `labels`, the ids of the `tasks` that it names or that
    were looked up for it, and since when its alert fires.
    """
    starts = (report.get("facts") or {}).get(STARTS)
    about = {name: report[name] for name in ("key", "labels", "tasks") if report.get(name)}
    return about | ({STARTS: starts} if starts else {})
