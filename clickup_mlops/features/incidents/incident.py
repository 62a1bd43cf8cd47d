"""Incidents as values: since when users were affected, until when, and by which tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

INTO: Final = "into"
"""Where `details` has the id of the incident to which people have joined it."""
QUESTION: Final = "question"
"""Where `details` has the question whether it is the same outage as another one, until somebody has
answered: `incident` (that one's id), `until_ms`, and `was`: ids of those about which it asked
before people joined them to that one, oldest first."""

UNANSWERED: Final = "unanswered"
"""Where `details` has the id of that one, once it has opened because nobody had answered."""
LEAVING: Final = "leaving"
"""Where `details` has which tasks have left it while nobody has been told of that yet, by their
ids: `closed_ms`, when they left (Unix ms), and whether `gone` or `quiet`."""


@dataclass(frozen=True, slots=True)
class Incident:
    """`id` is made of the first task and when it opened. Times in Unix ms; `closed_ms` None: open.

    `room` names the chat channel; `lead` who leads. `key` is what it is about, for people.
    `details` are JSON values: `roles` (user names by role), `people` (user ids by name), `on_call`
    (who is assigned to its tasks, or empty), `call` and `runbook` (addresses, or empty), `channel`
    (where it is announced, or empty), `thread` (whether a thread of the channel is the room),
    `every_ms` between status updates, `subjects`: what decides which tasks join (see
    `incidents.subject`), `into`, `question`, `unanswered` and `leaving`.
    """

    id: str
    workspace: str
    task_id: str
    title: str
    opened_ms: int
    closed_ms: int | None = None
    lead: str = ""
    room: str = ""
    key: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether users are affected still."""
        return self.closed_ms is None

    @property
    def into(self) -> str:
        """Id of the incident to which people have joined it; empty: to none."""
        return str(self.details.get(INTO, ""))

    @property
    def original_id(self) -> str:
        """Id of the incident that may be the same outage; empty: nobody is asked."""
        return str(self.details.get(QUESTION, {}).get("incident", ""))

    @property
    def former_originals(self) -> tuple[str, ...]:
        """Ids of those about which it asked before people joined them to others, oldest first."""
        return tuple(self.details.get(QUESTION, {}).get("was", ()))

    @property
    def leaving(self) -> Mapping[str, Mapping[str, Any]]:
        """What is to be told of tasks that have left it, by their ids."""
        leaving: Mapping[str, Mapping[str, Any]] = self.details.get(LEAVING, {})
        return leaving

    def with_leaving(self, task_id: str, facts: Mapping[str, Any] | None) -> "Incident":
        """The same with this to be told of a task; None: it was told."""
        after = {name: value for name, value in self.leaving.items() if name != task_id}
        after |= {task_id: facts} if facts is not None else {}
        return self.with_details(**{LEAVING: after or None})

    def with_details(self, **details: Any) -> "Incident":
        """The same with these details besides; None removes one."""
        after = {**self.details, **details}
        remaining = {name: value for name, value in after.items() if value is not None}
        return replace(self, details=remaining)


@dataclass(frozen=True, slots=True)
class IncidentTask:
    """A task of an incident; `left_ms` None: it is affected still."""

    task_id: str
    joined_ms: int
    left_ms: int | None = None
