"""`hold`: a priority that routing leaves alone for a while, as it does with a person's choice.

Kept in the bot's own store: `{"priority", "since_ms", "until_ms"}`, with `automation` (the
automation or command that holds it), and `user_id`, `user` and `because` if a person asked for it;
`origin` and `created_ms` if the task had it when it was first seen; or None. Costs no call.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from clickup_mlops.automations.model import Change, Effect, Lost
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.facts import Origin
from clickup_mlops.store.tables.overrides import CHANGE


class Overrides(Protocol):
    """What this effect needs of the store."""

    def put(
        self,
        task_id: str,
        priority: int | None,
        user_id: int | None,
        since_ms: int,
        until_ms: int,
        *,
        set_by: str,
        user_name: str,
        because: str,
        origin: Origin,
        created_ms: int,
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
    before, after = change.before, change.after
    if after is None:
        clickup.overrides.release(task_id)
        return
    if before is not None and _kept(clickup, task_id, before):
        clickup.overrides.release(task_id)  # what is put back is older: it would not be kept
    clickup.overrides.put(
        task_id,
        after["priority"],
        after.get("user_id"),
        after["since_ms"],
        after["until_ms"],
        set_by=after.get("automation", ""),
        user_name=after.get("user", ""),
        because=after.get("because", ""),
        origin=after.get("origin", CHANGE),
        created_ms=after.get("created_ms", 0),
    )


def _kept(clickup: ClickUp, task_id: str, wanted: Mapping[str, Any]) -> bool:
    kept = clickup.overrides.get(task_id, wanted["since_ms"])
    return kept is not None and kept.until_ms == wanted["until_ms"]


def find(clickup: ClickUp, task: Task, change: Change, _lost: Lost) -> bool | None:
    """The store shows it."""
    wanted = change.after or change.before or {}
    if change.after is None:
        return clickup.overrides.get(task.id, wanted["since_ms"]) is None or None
    return _kept(clickup, task.id, wanted) or None


EFFECT = Effect("A priority that routing leaves alone for a while.", write, find, local=True)
