"""What routing looks at: a small plain value made from a task, and what stands around it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from clickup_mlops.clickup.model import Task

Origin = Literal["change", "creation", "existing", "import"]
"""Where a kept priority comes from: somebody changed it; the task was created with it; the task had
it before the bot came; or the same, but many tasks had it that one user created at once."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One task as routing sees it. Times are Unix milliseconds."""

    task_id: str
    list_id: str = ""
    list_name: str = ""
    tags: tuple[str, ...] = ()
    priority: int | None = None
    is_open: bool = True
    created_ms: int | None = None
    due_ms: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Values of the custom fields that the policy names, by case-folded field name."""

    @classmethod
    def of(cls, task: Task, wanted: Collection[str]) -> "Facts":
        """The facts of a task; reads only the custom fields in `wanted` (case-folded names)."""
        return cls(
            task_id=task.id,
            list_id=task.list_id,
            list_name=task.list_name,
            tags=task.tags,
            priority=task.priority,
            is_open=task.is_open,
            created_ms=task.created_ms,
            due_ms=task.due_ms,
            fields=_values(task, wanted),
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A priority that a person has set. It wins until `until_ms`; None means until released.

    Clearing the priority in ClickUp (`priority` None) hands the task back to the bot. An automation
    may hold one in the same way.
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
    """An undo by `user` brought it back."""

    def holds(self, now_ms: int) -> bool:
        """Whether it still wins."""
        return self.priority is not None and (self.until_ms is None or now_ms < self.until_ms)


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around the task, as plain counts, so that deciding costs no call."""

    open_in_list: int = 1
    """Open tasks in its list, this one included."""
    urgent_in_list: int = 0
    """Open tasks in its list that are Urgent now, this one *not* included."""
    blocked_inference: int = 0
    """Open inference tasks that wait for this one."""
    blocked_other: int = 0
    """Other open tasks that wait for this one."""
    waiting_since_ms: int | None = None
    """When it began to wait, if not at its creation (for example when it was reopened)."""
    override: Override | None = None
    cause: str = ""
    """Key of the event that asks."""
    policy_source: str = ""
    """Which template of which Space defines part of the policy; empty: none does."""


def _values(task: Task, wanted: Collection[str]) -> dict[str, Any]:
    return {name: each.read() for each in task.fields if (name := each.name.casefold()) in wanted}
