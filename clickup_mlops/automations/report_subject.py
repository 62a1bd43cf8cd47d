"""What the report of another system is about, as tasks and notes keep it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.json_types import JsonObject

ABOUT: Final = "about"
"""Where a task that was created for a report, and a note about an alert, keep this."""


def about_report(report: Mapping[str, Any]) -> JsonObject:
    """What a report is about: its `key` and `labels`, and the ids of the `tasks` that it names or
    that were looked up for it.
    """
    return {name: report[name] for name in ("key", "labels", "tasks") if report.get(name)}
