"""Whose change was it? Our own echoes are told apart from what people do; people win.

By recorded cause: the bot's token may belong to a person who also works in ClickUp, so the actor
alone proves nothing. But what another actor did is certainly no echo.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from clickup_mlops import logs, telemetry
from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.routing.people import override_of
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from clickup_mlops.store.journal import ECHO_EARLY_MS

PRIORITY: Final = "priority"
Echo = Callable[[HistoryItem], tuple[str, Any] | None]
"""Kind and value of the write of ours that an item may report; see `rules.model.Effect.echo`."""
UNKNOWN: Final = -1
"""No priority at all, not even none."""

_log = logs.get()


class People:
    """Keeps the priorities that people set."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        clock: Clock,
        me: Callable[[], int | None],
        echoes: Sequence[Echo],
    ) -> None:
        self._store, self._policy, self._clock, self._me = store, policy, clock, me
        self._echoes = echoes

    def sift(self, events: Iterable[Event]) -> list[Event]:
        """The events without our own echoes; a person's choice among them is kept.

        An event of nothing but echoes is left out.
        """
        sifted = []
        for event in events:
            foreign = tuple(item for item in event.items if not self._is_echo(event, item))
            if foreign or not event.items:
                rest = replace(event, items=foreign)
                self._keep_choice(rest)
                sifted.append(rest)
        return sifted

    def notice(self, task: Task) -> None:
        """Keep a choice whose event has not come (yet): a priority that is not our doing."""
        chosen = self._store.overrides.get(task.id, self._clock())
        if chosen is not None and chosen.priority == task.priority:
            return
        ours = self._ours(task.id, since_ms=chosen.since_ms if chosen else None)
        if ours and task.priority not in ours:
            self._keep(task.id, task.priority, None, task.updated_ms or self._clock())

    def _is_echo(self, event: Event, item: HistoryItem) -> bool:
        if event.task_id is None or (item.user_id is not None and item.user_id != self._me()):
            return False
        told = next(filter(None, (echo(item) for echo in self._echoes)), None)
        if told is None:
            return False
        kind, after = told
        found = self._store.journal.match_echo(
            event.task_id, kind, after, item.date_ms, self._clock()
        )
        return found is not None

    def _keep_choice(self, event: Event) -> None:
        choice = override_of(event, self._policy)
        if choice is not None and event.task_id is not None:
            user = next((i.user_id for i in event.items if i.date_ms == choice.since_ms), None)
            self._keep(event.task_id, choice.priority, user, choice.since_ms)

    def _keep(self, task_id: str, priority: int | None, user: int | None, since_ms: int) -> None:
        until = since_ms + int(self._policy.person_keeps.total_seconds() * 1000)
        known = self._store.overrides.get(task_id, since_ms)
        self._store.overrides.put(task_id, priority, user, since_ms, until)
        if known is not None and (known.since_ms, known.priority) == (since_ms, priority):
            return  # ClickUp reports one change in two events
        telemetry.OVERRIDES.inc()
        _log.info("person_set_priority", task=task_id, priority=priority, user=user)

    def _ours(self, task_id: str, since_ms: int | None) -> set[int | None]:
        """The priorities that the task may have by our doing; empty if we never saw it.

        After a person's choice (at `since_ms`) only what we wrote later is ours.
        """
        latest = self._store.decisions.latest(task_id)
        if latest is None:
            return set()
        left = latest.body["priority" if latest.body["written"] else "before"]
        ours = {left} if since_ms is None else {UNKNOWN}
        write = self._store.journal.latest(task_id, PRIORITY)
        if write and (since_ms is None or write.begun_ms > since_ms - ECHO_EARLY_MS):
            ours.add(write.after)
        return ours
