"""People win: a priority that a person set is kept for as long as the policy says."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.handle.initial_priorities import InitialPriorities
from clickup_mlops.bot.ports import Choice, EventConsumer
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.routing.overrides import find_override
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from clickup_mlops.store.queries.task_memory import TaskMemory, Wrote
from clickup_mlops.store.tables.journal import ECHO_EARLY_MS

UNKNOWN: Final = -1
"""No priority at all, not even none."""

_log = logs.get()


class PersonOverrides:
    """Notes the priorities that people set, as events report them or as a task shows them."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        clock: Clock,
        first_sight: InitialPriorities,
        consumer: EventConsumer,
    ) -> None:
        self._store, self._policy, self._clock = store, policy, clock
        self._consumer, self._first_sight = consumer, first_sight

    def from_events(self, events: Sequence[CausedEvent]) -> list[CausedEvent]:
        """Keep the choices that the events report; an echo reports none.

        Returns what to evaluate because the bot may have written over one of them: the task must
        show it, though no automation may listen for its event, or one may know of it already.
        """
        choosing = [caused.event for caused in events if not (caused.chain or caused.is_internal)]
        choosing = [event for event in choosing if self._from_event(event)]
        if not choosing or not self._is_written_over(choosing[-1]):
            return []
        return [CausedEvent(replace(choosing[-1], kind=REEVALUATION, items=()), is_internal=True)]

    def _is_written_over(self, event: Event) -> bool:
        memory = self._store.task_memory.of(event.task_id or "", self._clock())
        chosen, write = memory.override, memory.wrote
        if chosen is None or chosen.priority is None or write is None:
            return False
        return write.after != chosen.priority and _is_later(write, chosen.since_ms)

    def from_task(self, task: Task, events: Sequence[CausedEvent], memory: TaskMemory) -> bool:
        """Keep a choice that no event reported (yet): a priority that is not our doing. False:
        there is nothing to keep.
        """
        chosen = memory.override
        if chosen is not None and chosen.priority == task.priority:
            return False
        if chosen is not None and chosen.automation:
            ours = _left_under_hold(memory)
        else:
            ours = _ours(memory, since_ms=chosen.since_ms if chosen else None)
        if ours and task.priority not in ours:
            self._keep(task.id, task.priority, None, task.updated_ms or self._clock())
            return True
        if ours or chosen is not None:
            return False
        return self._first_sight.keep(task, [caused.event for caused in events])

    def _from_event(self, event: Event) -> bool:
        choice = find_override(event, self._policy)
        if choice is None or event.task_id is None:
            return False
        item = next((i for i in event.items if i.date_ms == choice.since_ms), None)
        self._keep(event.task_id, choice.priority, item, choice.since_ms)
        return True

    def _keep(
        self, task_id: str, priority: int | None, item: HistoryItem | None, since_ms: int
    ) -> None:
        user, name = (item.user_id, item.user_name) if item else (None, "")
        existing = self._store.overrides.get(task_id, since_ms)
        if (
            existing is not None
            and existing.user_name
            and not name
            and existing.priority == priority
        ):
            return  # its own event came first, and says who it was
        if priority is not None:  # who clears it asks us to decide again
            self._consumer.chosen(Choice(task_id, "priority", priority, name, since_ms))
        until = since_ms + to_ms(self._policy.override_duration)
        self._store.overrides.put(task_id, priority, user, since_ms, until, user_name=name)
        if existing is not None and (existing.since_ms, existing.priority) == (since_ms, priority):
            return  # ClickUp reports one change in two events
        telemetry.OVERRIDES.inc()
        _log.info("person_set_priority", task=task_id, priority=priority, user=user)


def _ours(memory: TaskMemory, since_ms: int | None) -> set[int | None]:
    """The priorities that the task may have by our doing; empty if we never saw it.

    After a person's choice (at `since_ms`) only what we wrote later is ours.
    """
    latest, write = memory.decision, memory.wrote
    if since_ms is not None:
        later = write is not None and _is_later(write, since_ms)
        return {UNKNOWN, *write.visible_values} if write and later else {UNKNOWN}
    ours = write.visible_values if write else set()
    if latest is not None:
        ours.add(latest.body["priority" if latest.body["written"] else "before"])
    return ours


def _left_under_hold(memory: TaskMemory) -> set[int | None]:
    """The priority that the task has by our doing, while an automation holds one or held it: a hold
    that begins or ends changes nothing yet. Empty if we never decided or wrote.
    """
    latest, write = memory.decision, memory.wrote
    if latest is None or (write is not None and write.begun_ms >= latest.decided_ms):
        return write.visible_values if write else set()
    body = latest.body
    priorities = {body["priority" if body["written"] else "before"]}
    return priorities if body["written"] or write is None else priorities | write.visible_values


def _is_later(write: Wrote, since_ms: int) -> bool:
    """By ClickUp's clock, once the write's event came; by ours, which may be ahead, it may be."""
    if write.echo_ms is not None:
        return write.echo_ms > since_ms
    return write.begun_ms > since_ms - ECHO_EARLY_MS
