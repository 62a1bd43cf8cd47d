"""What routing reads: plain values made from a task and its context."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.corroboration import Corroboration

Origin = Literal["change", "creation", "existing", "import"]
"""Where a held priority comes from: a change; the creation of the task; before the bot was
installed; or an import, where one user created many tasks with it at once."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One task as routing sees it. Times are Unix milliseconds."""

    task_id: str
    list_id: str = ""
    list_name: str = ""
    tags: tuple[str, ...] = ()
    priority: int | None = None
    is_open: bool = True
    """It is not finished, or it serves."""
    serves: bool = False
    """It is finished and stands for a service that runs."""
    status: str = ""
    created_ms: int | None = None
    due_ms: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Values of the custom fields that the policy names, by case-folded field name."""

    @classmethod
    def of(cls, task: Task, field_names: Collection[str], *, serves: bool = False) -> "Facts":
        """The facts of a task; reads only the custom fields in `wanted` (case-folded names)."""
        return cls(
            task_id=task.id,
            list_id=task.list_id,
            list_name=task.list_name,
            tags=task.tags,
            priority=task.priority,
            is_open=task.is_open or serves,
            serves=serves,
            status=task.status.name,
            created_ms=task.created_ms,
            due_ms=task.due_ms,
            fields=_read_values(task, field_names),
        )


SOMEBODY: Final = "somebody"
"""`user` of a priority that was seen on a task: no event has told whose it is, and since when."""


@dataclass(frozen=True, slots=True)
class Override:
    """A priority that a person has set. It wins until `until_ms`; None means until released.

    Clearing the priority in ClickUp (`priority` None) releases the task. An automation can hold a
    priority in the same way.
    """

    priority: int | None
    user: str
    since_ms: int
    until_ms: int | None
    origin: Origin = "change"
    because: str = ""
    """The reason that was given."""
    automation: str = ""
    """The automation that holds it; empty: it is a person's choice."""
    undo: bool = False
    """Restored by an undo of `user`."""

    def holds(self, now_ms: int) -> bool:
        """Whether it still wins."""
        return self.priority is not None and (self.until_ms is None or now_ms < self.until_ms)


@dataclass(frozen=True, slots=True)
class Context:
    """What is around the task, as counts, so that a decision costs no call."""

    open_in_list: int = 1
    """Open tasks in its list, this one included."""
    urgent_in_list: int = 0
    """Open tasks in its list that are Urgent now, this one *not* included."""
    blocked_inference: int = 0
    """Open inference tasks that wait for this one."""
    blocked_other: int = 0
    """Other open tasks that wait for this one."""
    waiting_since_ms: int | None = None
    """Start of the waiting time, if it is not the creation (for example a reopening)."""
    breached: Collection[str] = ()
    """Metrics that counted as breached in the decision before."""
    override: Override | None = None
    cause: str = ""
    """Key of the event that triggered the decision."""
    policy_source: str = ""
    """Which template of which Space defines part of the policy; empty: none does."""
    alerts_over: bool = False
    """Alerts fired about the task and none does any more: the tag of an incident, which the bot
    set, says nothing."""
    corroborations: tuple[Corroboration, ...] = ()
    """What supports the report of an incident besides its words."""
    signs: tuple[str, ...] = ()
    """What stands around the text and moved its workload, in words."""
    words_of: str = ""
    """Where words of the task come from that count for no incident; empty: all words count."""


def _read_values(task: Task, field_names: Collection[str]) -> dict[str, Any]:
    return {
        name: field_value.read()
        for field_value in task.fields
        if (name := field_value.name.casefold()) in field_names
    }
