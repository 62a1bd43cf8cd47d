"""Rows of the timeline as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Kind = Literal[
    "created",
    "status",
    "priority",
    "comment",
    "alert",
    "deployment",
    "version",
    "pipeline",
    "advice",
    "incident",
]
"""`created` and `status` have `{"to", "type"}` (of the status) as `value`, and `from` if known;
`priority` has `{"from", "to"}`; `incident` has `{"to": "opened"}` or `"closed"`; reports of tools
have `{"state"}` and what else the tool says."""

RESOLVED: Final = "resolved"
"""State of an alert that has ended."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened at `at_ms` (Unix ms). `task_id` empty: to no task.

    `key` names it: ClickUp's id of the history item, or what a tool says of its report.
    """

    key: str
    workspace: str
    task_id: str
    at_ms: int
    kind: Kind
    text: str
    actor: str = ""
    url: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What it is marked as in charts: the end of an alert is not marked as an alert."""
        return RESOLVED if self.kind == "alert" and self._state == RESOLVED else self.kind

    @property
    def headline(self) -> str:
        """The text; of an alert with `firing` or `resolved`."""
        return f"{self.text}: {self._state}" if self.kind == "alert" and self._state else self.text

    @property
    def _state(self) -> str:
        return str(self.value.get("state") or "")
