"""Evaluates open tasks again as time passes: due dates come nearer, waits grow, SLOs are broken.

Reads the mirror, not ClickUp. Only tasks whose priority would change get an event; the event is
then handled like any other, in the task's own lane.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import orjson

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot import services
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.context.routing_context import RoutingContext
from clickup_mlops.bot.handle.results.decision_log import gist
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.receive.ranking import RankTask
from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Incoming, Store
from clickup_mlops.store.tables.mirror import MirrorRow

Place = tuple[str, str]
"""A task's List and the task."""
START: Final[Place] = ("", "")
UNSEEN_MS: Final = 30 * 86_400_000
"""An open task that was not read for so long may be gone: the event of its deletion may be lost,
and a back-fill cannot see what is not there. Until then it counts for its List's cap on Urgent."""
LOOKS: Final = 5
"""So many of these are read in a run, one call each."""


class Reevaluation:
    """`run` changes at most `most` tasks, and the next run goes on behind them.

    `listeners` are the automations that are asked. `dry`: they write nothing, so that what they
    would do is decided once and not in every run.
    """

    def __init__(
        self,
        store: Store,
        router: Router,
        routing_context: RoutingContext,
        *,
        workspace: str,
        inbox: InboxWriter,
        most: int,
        clock: Clock,
        listeners: frozenset[str],
        rank: RankTask,
        dry: bool,
    ) -> None:
        self._store, self._router, self._routing_context = store, router, routing_context
        self._workspace, self.most, self._clock = workspace, most, clock
        self._inbox, self._rank = inbox, rank
        self._listeners, self._dry = listeners, dry

    def run(self) -> tuple[str, ...]:
        """The lanes that got something to do."""
        now = self._clock()
        services.update(self._store, self._router.policy)
        changed = list(islice(self._changed(self._place(), now), self.most))
        unseen = self._store.mirror.unseen(now - UNSEEN_MS, LOOKS)
        events = [self._event(task.id, now, task.list_id, task.updated_ms) for task in changed]
        events += [self._event(task_id, now) for task_id in unseen]
        self._inbox.put_many(events)
        last = changed[-1] if len(changed) == self.most else None
        self._remember(START if last is None else (last.list_id, last.id))
        return tuple(dict.fromkeys(event.lane for event in events))

    def _changed(self, after: Place, now_ms: int) -> Iterator[Task]:
        for row in self._all_open(after):
            task = Task.parse(row.raw)
            context = self._routing_context.of(task, "", now_ms)
            decision = self._router.route(task, context, now_ms)
            changes = decision.changes and self._is_news(decision)
            if (changes or self._is_new_service(decision)) and self._has_listener(task, now_ms):
                yield task

    def _all_open(self, after: Place) -> Iterator[MirrorRow]:
        """Every open task once, beginning behind that place."""
        # List by list: a large workspace's tasks must not be in memory all at once.
        lists = self._store.mirror.open_lists()
        for list_id in [name for name in lists if name >= after[0]]:
            rows = self._of_list(list_id)
            yield from (row for row in rows if (list_id, row.task_id) > after)
        for list_id in [name for name in lists if name <= after[0]]:
            rows = self._of_list(list_id)
            yield from (row for row in rows if (list_id, row.task_id) <= after)

    def _of_list(self, list_id: str) -> list[MirrorRow]:
        # Sorted here: databases do not agree about the order of text.
        return sorted(self._store.mirror.all_open(list_id), key=lambda row: row.task_id)

    def _is_news(self, decision: Decision) -> bool:
        if not self._dry:
            return True
        latest = self._store.decisions.latest(decision.task_id)
        return latest is None or gist(latest.body) != gist(decision.to_dict() | {"written": False})

    def _is_new_service(self, decision: Decision) -> bool:
        """Whether it serves, and was closed when it was decided last."""
        if not decision.serves:
            return False
        latest = self._store.decisions.latest(decision.task_id)
        return latest is not None and not latest.body.get("serves")

    def _place(self) -> Place:
        list_id, _, task_id = (self._store.cursors.get(self._cursor) or "").partition("/")
        return list_id, task_id

    def _remember(self, place: Place) -> None:
        if place != self._place():
            self._store.cursors.set(self._cursor, "/".join(place))

    @property
    def _cursor(self) -> str:
        return f"{REEVALUATION}:{self._workspace}"

    def _has_listener(self, task: Task, now_ms: int) -> bool:
        """Whether an automation is asked: tasks where all are muted must not take up a run."""
        return not self._listeners.issubset(self._store.mutes.of(task.id, now_ms))

    def _event(
        self, task_id: str, now_ms: int, list_id: str | None = None, updated_ms: int | None = None
    ) -> Incoming:
        """For the task as the mirror shows it; without `updated_ms` it has to be read."""
        body = {"event": REEVALUATION, "task_id": task_id, "webhook_id": REEVALUATION}
        return self._inbox.event(
            f"{REEVALUATION}:{task_id}:{now_ms}" + ":unseen" * (updated_ms is None),
            REEVALUATION,
            source="cron",
            lane=task_id,
            body=orjson.dumps(body),
            list_id=list_id,
            event_ms=updated_ms,
            rank=self._rank(task_id, list_id),
        )
