"""Effects that act on a `World` instead of ClickUp, and say what ClickUp would say about it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final

from clickup_mlops.automations.model import Change, Effect
from clickup_mlops.bot.simulation.tasks import World
from clickup_mlops.clickup.model import HistoryItem

US: Final = -1
"""The bot's own user: nobody has this id."""
_TOLD: Final = "told"
"""Key of our own history items: kind and value of the write that they report."""


class Stage:
    """`mirror` keeps a task's new state; `say` gets the body of each event that would come."""

    def __init__(
        self,
        world: World,
        mirror: Callable[[Mapping[str, Any] | None], None],
        say: Callable[[Mapping[str, Any]], None],
        clock: Callable[[], int],
    ) -> None:
        self._world, self._mirror, self._say, self._clock = world, mirror, say, clock
        self._numbers = count(1)

    def simulated(self, effect: Effect) -> Effect:
        """The effect as it acts here. What the bot keeps for itself is kept as ever."""
        if effect.local:
            return effect

        def write(_clickup: Any, task_id: str, change: Change) -> Any:
            return self._write(effect, task_id, change)

        return replace(effect, write=write, echo=lambda item: _told(effect, item))

    def _write(self, effect: Effect, task_id: str, change: Change) -> str:
        receipt = f"new-{next(self._numbers)}"
        made = effect.makes(change, receipt, self._clock())
        if made is not None:
            self._world.tasks[receipt] = made
            self._mirror(made)
            self._tell(effect, receipt, change, "task_creation")
        else:
            self._mirror(self._world.apply(task_id, change))
            self._tell(effect, task_id, change, effect.history(change))
        return receipt

    def _tell(self, effect: Effect, task_id: str, change: Change, field: str) -> None:
        raw = self._world.tasks.get(task_id)
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
            _TOLD: [effect.summary, change.kind, change.after],
        }
        for kind in effect.events:
            body = {"event": kind, "task_id": task_id, "webhook_id": "w", "history_items": [item]}
            self._say(body)


def _told(effect: Effect, item: HistoryItem) -> tuple[str, Any] | None:
    of_effect, kind, after = item.raw.get(_TOLD) or ("", "", None)
    return (kind, after) if of_effect == effect.summary else None
