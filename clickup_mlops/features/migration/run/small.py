"""Single changes of a task: watchers, archived. Twice is the same as once."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.features.migration.run.model import Made
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import AddWatchers, ArchiveTask


class Watching:
    """Makes people watch a task."""

    def __init__(self, tools: Tools, step: AddWatchers) -> None:
        self._clickup, self._step = tools.clickup, step
        self._task = tools.task(step.item_id)

    def about(self) -> Mapping[str, Any]:
        """Item and users."""
        return {"item": self._step.item_id, "users": list(self._step.users)}

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """Doing it again changes nothing."""
        return None

    def do(self) -> Made:
        """Add them."""
        self._clickup.tasks.update(self._task, watchers_add=self._step.users)
        return Made(self._task, self.about())

    def close(self) -> None:
        """Nothing is open."""


class Archiving:
    """Archives a task."""

    def __init__(self, tools: Tools, step: ArchiveTask) -> None:
        self._clickup, self._item = tools.clickup, step.item_id
        self._task = tools.task(step.item_id)

    def about(self) -> Mapping[str, Any]:
        """The item."""
        return {"item": self._item}

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """Doing it again changes nothing."""
        return None

    def do(self) -> Made:
        """Archive it."""
        self._clickup.tasks.update(self._task, archived=True)
        return Made(self._task, self.about())

    def close(self) -> None:
        """Nothing is open."""
