"""The rest of an evaluation that was cut off, by the tasks as they are now: people may have changed
them since, while the bot was away or ClickUp did not answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from clickup_mlops.automations.model import Action, Effect
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound

PRIORITY: Final = "priority"
HOLD: Final = "hold"


class Rest:
    """What is left of its actions, each asked for just before it is done. `read` gives the task as
    it is now, for one call; the evaluation began at `since_ms` (Unix ms).
    """

    def __init__(
        self, read: Callable[[str], Task], effects: Mapping[str, Effect], since_ms: int
    ) -> None:
        self._read, self._effects, self.since_ms = read, effects, since_ms
        self._overtaken: set[tuple[str, str]] = set()

    def of(self, action: Action, lane: str) -> Action | None:
        """None: people have chosen another value since.

        Raises:
            NotFound: the lane's own task is gone.
        """
        change, remaining = action.change, self._effects[action.change.effect].left
        if change.kind == HOLD and (action.task_id, action.automation) in self._overtaken:
            return None
        if remaining is None or not action.task_id:
            return action
        if (task := self._task(action.task_id, lane)) is None:
            return action
        remaining_change = remaining(task, change)
        if remaining_change is None and change.kind == PRIORITY:
            self._overtaken.add((action.task_id, action.automation))
        return None if remaining_change is None else replace(action, change=remaining_change)

    def _task(self, task_id: str, lane: str) -> Task | None:
        """None: it is gone, and the write will say so."""
        try:
            return self._read(task_id)
        except NotFound:
            if task_id == lane:
                raise
            return None
