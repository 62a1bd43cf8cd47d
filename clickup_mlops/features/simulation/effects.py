"""Effects that act on `SimulatedTasks` and emit the events that ClickUp would send of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final

from clickup_mlops.automations.model import Change, Effect
from clickup_mlops.clickup.model import HistoryItem
from clickup_mlops.features.simulation.tasks import SimulatedTasks

US: Final = -1
"""The bot's own user: nobody has this id."""
_REPORTED: Final = "reported"
"""Key of our own history items: kind and value of the write that they report."""


class SimulatedEffects:
    """`mirror` keeps a task's new state; `emit` gets the body of each event that would come."""

    def __init__(
        self,
        tasks: SimulatedTasks,
        mirror: Callable[[Mapping[str, Any] | None], None],
        emit: Callable[[Mapping[str, Any]], None],
        clock: Callable[[], int],
    ) -> None:
        self._tasks, self._mirror, self._emit, self._clock = tasks, mirror, emit, clock
        self._numbers = count(1)

    def effect(self, effect: Effect) -> Effect:
        """The effect as it acts here. What the bot keeps in its own store is kept as ever."""
        if effect.local:
            return effect

        def write(_clickup: Any, task_id: str, change: Change) -> Any:
            return self._write(effect, task_id, change)

        return replace(effect, write=write, echo=lambda item: _reported(effect, item))

    def _write(self, effect: Effect, task_id: str, change: Change) -> str:
        receipt = f"new-{next(self._numbers)}"
        created = effect.makes(change, receipt, self._clock())
        if created is not None:
            self._tasks.by_id[receipt] = created
            self._mirror(created)
            self._report(effect, receipt, change, "task_creation")
        else:
            self._mirror(self._tasks.apply(task_id, change))
            self._report(effect, task_id, change, effect.history(change))
        return receipt

    def _report(self, effect: Effect, task_id: str, change: Change, field: str) -> None:
        raw = self._tasks.by_id.get(task_id)
        if not field or raw is None:
            return
        item = {
            "id": f"{US}{next(self._numbers)}",
            "type": 1,
            "field": field,
            "date": str(self._clock()),
            "parent_id": (raw.get("list") or {}).get("id"),
            "user": {"id": US},
            "before": None,
            "after": None,
            _REPORTED: [effect.summary, change.kind, change.after],
        }
        for kind in effect.events:
            body = {"event": kind, "task_id": task_id, "webhook_id": "w", "history_items": [item]}
            self._emit(body)


def _reported(effect: Effect, item: HistoryItem) -> tuple[str, Any] | None:
    of_effect, kind, after = item.raw.get(_REPORTED) or ("", "", None)
    return (kind, after) if of_effect == effect.summary else None
