"""The ClickUp client as the rules get it: what a write answers is kept in the mirror at once."""

from typing import Any

from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Store


class MirroredTasks:
    """The client's tasks; `update` also mirrors the task that ClickUp answers with."""

    def __init__(self, tasks: Any, store: Store, workspace: str, clock: Clock) -> None:
        self._tasks, self._store, self._workspace, self._clock = tasks, store, workspace, clock

    def update(self, task_id: str, **changes: Any) -> Task:
        """One call. The answer shows our own change, so that its echo needs no reading."""
        now = self._clock()
        task: Task = self._tasks.update(task_id, **changes)
        self._store.mirror.put_many(self._workspace, [task.raw], now)
        return task

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tasks, name)


class MirroredClickUp:
    """The client with mirrored tasks; all else as it is."""

    def __init__(self, client: Any, store: Store, workspace: str, clock: Clock) -> None:
        self._client = client
        self.tasks = MirroredTasks(client.tasks, store, workspace, clock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)
