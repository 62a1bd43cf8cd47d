"""Whose change was it? Our own echoes are told apart from what people do; people win.

By recorded cause: the bot's token may belong to a person who also works in ClickUp, so the actor
alone proves nothing. But what another actor did is certainly no echo.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.model import Effect
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.corrections import Corrections, name_of
from clickup_mlops.bot.handling.first_sight import FirstSight
from clickup_mlops.bot.lanes.internal_events import OWN, automation_of
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.routing.overrides import override_of
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from clickup_mlops.store.tables.journal import ECHO_EARLY_MS, ECHO_LATE_MS, UNDO, Chain, JournalRow

PRIORITY: Final = "priority"
ANSWER_MS: Final = 1_000
"""So long an event waits for the answer to the write that it may report."""
UNKNOWN: Final = -1
"""No priority at all, not even none."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Heard:
    """An event to judge. `chain`: the automations whose writes led to it; empty if it is not our
    own. `only`: the automation that it is for; empty: all that listen.
    """

    event: Event
    chain: Chain = ()
    only: str = ""


def own(event: Event) -> Heard:
    """An event that the bot wrote itself; what an automation was held back from keeps its chain."""
    chain = tuple((cause, automation) for cause, automation in event.raw.get("chain") or ())
    return Heard(event, chain, automation_of(event))


class People:
    """Keeps the priorities that people set.

    `listened` tells whether any automation but its author wants to hear of an echo: kind, author.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        clock: Clock,
        me: Callable[[], int | None],
        *,
        effects: Mapping[str, Effect],
        listened: Callable[[str, str], bool],
        first_sight: FirstSight,
    ) -> None:
        self._store, self._policy, self._clock, self._me = store, policy, clock, me
        self._effects, self._listened = effects, listened
        self.corrections = Corrections(store)
        self._first_sight = first_sight

    def sift(self, events: Iterable[Event]) -> list[Heard]:
        """The events without our own echoes; a person's choice among them is kept.

        An event of nothing but echoes tells the automations that listen, except the one that wrote;
        it is left out if there is none.
        """
        sifted = []
        for event in events:
            if (heard := self._heard(event)) is not None:
                sifted.append(heard)
        return sifted

    def _heard(self, event: Event) -> Heard | None:
        if event.webhook_id == OWN:
            return own(event)
        made = self._made(event)
        writes = [made or self._echoed(event, item) for item in event.items]
        items = tuple(i for i, write in zip(event.items, writes, strict=True) if write is None)
        if items or not event.items:
            rest = event if len(items) == len(event.items) else replace(event, items=items)
            self._keep_choice(rest)
            return Heard(rest)
        return self._offered(event, [write for write in writes if write is not None])

    def _offered(self, event: Event, writes: Sequence[JournalRow]) -> Heard | None:
        """Our own echo, if an automation listens for it. What is undone stays undone: nobody is
        told.
        """
        longest = max(writes, key=lambda write: len(write.chain))
        chain = (*longest.chain, (longest.cause, longest.automation))
        if longest.cause.startswith(UNDO) or not self._listened(event.kind, longest.automation):
            return None
        return Heard(event, chain)

    def notice(self, task: Task, heard: Sequence[Heard]) -> None:
        """Keep a choice that no event told (yet): a priority that is not our doing."""
        chosen = self._store.overrides.get(task.id, self._clock())
        if chosen is not None and chosen.priority == task.priority:
            return
        ours = self._ours(task.id, since_ms=chosen.since_ms if chosen else None)
        if ours and task.priority not in ours:
            self._keep(task.id, task.priority, None, task.updated_ms or self._clock())
        elif not ours and chosen is None:
            self._first_sight.keep(task, [one.event for one in heard])

    def notice_workload(
        self, task: Task, heard: Sequence[Heard], decision: Mapping[str, Any] | None
    ) -> None:
        """Remember that people say which kind of work it is, if we had thought otherwise."""
        theirs = [item for one in heard if not one.chain for item in one.event.items]
        self.corrections.notice(task, theirs, decision)

    def _echoed(self, event: Event, item: HistoryItem) -> JournalRow | None:
        """The write of ours that the item reports."""
        if event.task_id is None or (item.user_id is not None and item.user_id != self._me()):
            return None
        told = next(filter(None, (effect.echo(item) for effect in self._effects.values())), None)
        if told is None:
            return None
        kind, after = told
        journal, now = self._store.journal, self._clock()
        return journal.match_echo(event.task_id, kind, after, item.date_ms, now)

    def _made(self, event: Event) -> JournalRow | None:
        """The write of ours that made the thing which the event reports.

        Raises:
            Postponed: the answer to such a write is still on its way, and may name this very thing.
        """
        for name, effect in self._effects.items():
            receipt = effect.receipt_in(event)
            if receipt is not None:
                found = self._store.journal.match_receipt(name, receipt, event.date_ms or 0)
                if found is None and self._may_be_ours(name, event):
                    raise Postponed(self._clock() + ANSWER_MS)
                return found
        return None

    def _may_be_ours(self, effect: str, event: Event) -> bool:
        users = {item.user_id for item in event.items} - {None}
        if not users <= {self._me()}:
            return False
        since_ms = (event.date_ms or self._clock()) - ECHO_LATE_MS
        return any(
            row.kind.partition(":")[0] == effect
            for row in self._store.journal.unfinished()
            # One that takes back, or is older, can never be it: waiting for its end might be long.
            if row.after is not None and row.begun_ms >= since_ms
        )

    def _keep_choice(self, event: Event) -> None:
        choice = override_of(event, self._policy)
        if choice is not None and event.task_id is not None:
            item = next((i for i in event.items if i.date_ms == choice.since_ms), None)
            self._keep(event.task_id, choice.priority, item, choice.since_ms)

    def _keep(
        self, task_id: str, priority: int | None, item: HistoryItem | None, since_ms: int
    ) -> None:
        user, name = (item.user_id, name_of(item)) if item else (None, "")
        if priority is not None:  # who clears it asks us to decide again
            self.corrections.priority(task_id, priority, name, since_ms)
        until = since_ms + int(self._policy.person_keeps.total_seconds() * 1000)
        known = self._store.overrides.get(task_id, since_ms)
        self._store.overrides.put(task_id, priority, user, since_ms, until, user_name=name)
        if known is not None and (known.since_ms, known.priority) == (since_ms, priority):
            return  # ClickUp reports one change in two events
        telemetry.OVERRIDES.inc()
        _log.info("person_set_priority", task=task_id, priority=priority, user=user)

    def _ours(self, task_id: str, since_ms: int | None) -> set[int | None]:
        """The priorities that the task may have by our doing; empty if we never saw it.

        After a person's choice (at `since_ms`) only what we wrote later is ours.
        """
        latest = self._store.decisions.latest(task_id)
        write = self._store.journal.latest(task_id, PRIORITY)
        if latest is None:
            return {write.after} if write else set()
        left = latest.body["priority" if latest.body["written"] else "before"]
        ours = {left} if since_ms is None else {UNKNOWN}
        if write and (since_ms is None or write.begun_ms > since_ms - ECHO_EARLY_MS):
            ours.add(write.after)
        return ours
