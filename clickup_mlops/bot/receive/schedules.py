"""Automations with a schedule of their own: the clock only puts a row into the inbox.

The row's lane is `schedule:<automation>` and its key has the scheduled time, so two schedulers on
two machines do no harm. That time follows from when the automation last ran, not from when a timer
called: clocks differ. What is noted is therefore a scheduled time, which says the same to a process
whose clock is behind. A time that was missed while the bot was away is made up for, once; one that
passed while the automation was off, or had another schedule, was not missed.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from clickup_mlops.automations.events import SCHEDULE
from clickup_mlops.automations.model import Automation
from clickup_mlops.automations.schedule import ScheduleTable
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.evaluator import Evaluator
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.bot.receive.ranking import RankTask
from clickup_mlops.bot.registered import Timer, every
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.store import InboxRow, Incoming, Store

LANE: Final = f"{SCHEDULE}:"
"""Lanes of schedules begin like this; the automation's name follows."""
LOOK_EVERY: Final = timedelta(seconds=5)


class Schedules:
    """Inserts the rows, and finds what is to be evaluated because of them."""

    def __init__(
        self,
        store: Store,
        evaluator: Evaluator,
        inbox: InboxWriter,
        clock: Clock,
        *,
        rank: RankTask,
    ) -> None:
        self._store, self._evaluator, self._inbox = store, evaluator, inbox
        self._clock, self._rank = clock, rank
        self._looked_ms = 0

    def timers(self) -> Iterator[Timer]:
        """Looks whether one is due: a read for each."""
        if self.automations:
            yield Timer(every(LOOK_EVERY), self.catch_up)

    def catch_up(self) -> None:
        """Have each automation run whose time passed since it last ran; the first time only
        remembers.
        """
        now = self._clock()
        for automation in self.automations:
            if automation.schedule is not None:
                self._look(automation, automation.schedule, now)
        self._looked_ms = now

    def _look(self, automation: Automation, schedule: ScheduleTable, now: int) -> None:
        last = self._last_ms(automation)
        if last is None:
            self._note(automation, now)
            return
        since = last if last <= now else self._reached_ms(automation, schedule, last, now)
        due = schedule.next_ms(since)
        if due is not None and due <= now:
            self.insert(automation, due)
        elif since != last:
            self._note(automation, since)

    def _reached_ms(
        self, automation: Automation, schedule: ScheduleTable, last: int, now: int
    ) -> int:
        """Until when all runs are in the inbox, if a process noted a time to come."""
        if schedule.next_ms(now) == last and self._inbox.contains(_key(automation, last)):
            return last  # its clock is a little ahead, and it was first
        if 0 < self._looked_ms <= now:
            return self._looked_ms
        # Its clock was wrong. What it noted at first sight is no scheduled time: nothing ran yet.
        has_run = schedule.next_ms(last - 1) == last
        before = schedule.last_ms(now) if has_run else None
        return now if before is None else before - 1

    def forget_off(self) -> None:
        """Forget when those that are off ran last: once on again, they make up for nothing."""
        for automation in self._evaluator.automations:
            if automation.schedule and automation.is_off and self._last_ms(automation) is not None:
                self._store.cursors.set(automation.kind, "")

    def _last_ms(self, automation: Automation) -> int | None:
        """When it last ran, or was first seen, with this schedule; None: never."""
        last, _, schedule = (self._store.cursors.get(automation.kind) or "").partition(" ")
        is_another = schedule not in ("", str(automation.schedule))  # versions noted the time alone
        return None if not last or is_another else int(last)

    def _note(self, automation: Automation, at_ms: int) -> None:
        self._store.cursors.set(automation.kind, f"{at_ms} {automation.schedule}")

    def insert(self, automation: Automation, at_ms: int) -> bool:
        """Have the automation run; False: that very run was put into the inbox before."""
        kind = automation.kind
        event = self._inbox.event(
            _key(automation, at_ms),
            kind,
            source="cron",
            lane=kind,
            body=own_body(kind, None, automation.name),
        )
        new = self._inbox.put(event)
        self._note(automation, self._passed_ms(automation, max(at_ms, self._clock())))
        return new

    def _passed_ms(self, automation: Automation, now: int) -> int:
        """The last of its times until now: one run makes up for all of them."""
        passed = automation.schedule.last_ms(now) if automation.schedule else None
        return now if passed is None else passed

    def due(self, rows: Sequence[InboxRow]) -> Sequence[Event]:
        """The events to evaluate for the workspace; with an automation per task its tasks get them.

        A run that was missed needs no repetition: once is enough for all.
        """
        event = webhook.parse(rows[-1].body, known_key=rows[-1].key)
        automation = next(
            (candidate for candidate in self.automations if candidate.kind == rows[-1].lane), None
        )
        if automation is None:
            return ()
        if automation.per == "workspace":
            return (event,)
        for row in [*self._queue_affected(automation, event)]:
            self._inbox.dispatch(row.lane, row.rank)
        return ()

    def _queue_affected(self, automation: Automation, event: Event) -> Iterator[Incoming]:
        """Open tasks for which the automation would do something; each has its event by then."""
        for list_id in self._store.mirror.open_lists():
            tasks = [Task.parse(row.raw) for row in self._store.mirror.all_open(list_id)]
            affected = [
                task
                for task in tasks
                if self._evaluator.wants(automation, task, CausedEvent(event))
            ]
            rows = [self._for_task(automation, event, task) for task in affected]
            self._inbox.put_many(rows)
            yield from rows

    def _for_task(self, automation: Automation, event: Event, task: Task) -> Incoming:
        # With the time of what we know of the task: it needs no reading.
        return self._inbox.event(
            f"{event.key}:{task.id}",
            automation.kind,
            source="cron",
            lane=task.id,
            body=own_body(automation.kind, task.id, automation.name),
            list_id=task.list_id,
            event_ms=task.updated_ms,
            rank=self._rank(task.id, task.list_id),
        )

    @property
    def automations(self) -> list[Automation]:
        """Those with a schedule that are not off."""
        return [
            automation
            for automation in self._evaluator.automations
            if automation.schedule and not automation.is_off
        ]


def _key(automation: Automation, at_ms: int) -> str:
    return f"{automation.kind}:{at_ms}"
