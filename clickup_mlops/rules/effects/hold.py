"""`hold`: a priority that routing leaves alone for a while, as it does with a person's choice.

Kept in the bot's own store: `{"priority", "since_ms", "until_ms"}`, with `user_id` if a person
asked for it; or None. Costs no call.
"""

from typing import Any, Protocol

from clickup_mlops.clickup.model import Task
from clickup_mlops.rules.model import Change, Effect, Lost


class Overrides(Protocol):
    """What this effect needs of the store."""

    def put(
        self, task_id: str, priority: int | None, user_id: int | None, since_ms: int, until_ms: int
    ) -> None:
        """Keeps a choice, unless a newer one is known."""

    def get(self, task_id: str, now_ms: int) -> Any:
        """The choice that holds at that time, or None."""

    def release(self, task_id: str) -> bool:
        """Gives the task back to the policy."""


class ClickUp(Protocol):
    """The part of the bot's client that this effect uses."""

    @property
    def overrides(self) -> Overrides:
        """Priorities that routing leaves alone."""


def write(clickup: ClickUp, task_id: str, change: Change) -> None:
    """Twice is the same as once."""
    after = change.after
    if after is None:
        clickup.overrides.release(task_id)
    else:
        user_id = after.get("user_id")
        clickup.overrides.put(
            task_id, after["priority"], user_id, after["since_ms"], after["until_ms"]
        )


def find(clickup: ClickUp, task: Task, change: Change, _lost: Lost) -> bool | None:
    """The store shows it."""
    wanted = change.after or change.before or {}
    kept = clickup.overrides.get(task.id, wanted["since_ms"])
    if change.after is None:
        return kept is None or None
    return (kept is not None and kept.until_ms == wanted["until_ms"]) or None


EFFECT = Effect("A priority that routing leaves alone for a while.", write, find, local=True)
