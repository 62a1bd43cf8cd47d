"""Judges open tasks again as time passes: due dates come nearer, waits grow, SLOs are broken.

Reads the mirror, not ClickUp. Only tasks whose priority would change get an event; the event is
then handled like any other, in the task's own lane.
"""

from collections.abc import Iterator
from itertools import islice

import orjson

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.surroundings import Surroundings
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.router import Router
from clickup_mlops.rules.events import AGEING
from clickup_mlops.store import Incoming, Store


class Ageing:
    """One round is `run`; it changes at most `most` tasks, the next round goes on.

    `listeners` are the rules that hear of it.
    """

    def __init__(
        self,
        store: Store,
        router: Router,
        surroundings: Surroundings,
        *,
        workspace: str,
        most: int,
        clock: Clock,
        listeners: frozenset[str],
    ) -> None:
        self._store, self._router, self._surroundings = store, router, surroundings
        self._workspace, self.most, self._clock = workspace, most, clock
        self._listeners = listeners

    def run(self) -> tuple[str, ...]:
        """The lanes that got something to do."""
        now = self._clock()
        changed = list(islice(self._changed(now), self.most))
        self._store.inbox.put_many([self._event(task, now) for task in changed])
        return tuple(task.id for task in changed)

    def _changed(self, now_ms: int) -> Iterator[Task]:
        # List by list: a large workspace's tasks must not be in memory all at once.
        for list_id in self._store.mirror.open_lists():
            for row in self._store.mirror.all_open(list_id):
                task = Task.parse(row.raw)
                context = self._surroundings.of(task, "", now_ms)
                if self._router.route(task, context, now_ms).changes and self._heard(task, now_ms):
                    yield task

    def _heard(self, task: Task, now_ms: int) -> bool:
        """Whether a rule would hear of it: the muted ones must not take up a whole round."""
        return not self._listeners <= self._store.mutes.of(task.id, now_ms)

    def _event(self, task: Task, now_ms: int) -> Incoming:
        body = {"event": AGEING, "task_id": task.id, "webhook_id": AGEING}
        return Incoming(
            key=f"{AGEING}:{task.id}:{now_ms}",
            source="cron",
            workspace=self._workspace,
            kind=AGEING,
            lane=task.id,
            list_id=task.list_id,
            body=orjson.dumps(body),
            event_ms=task.updated_ms,
            received_ms=now_ms,
        )
