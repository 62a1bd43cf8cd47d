"""Automations with a schedule of their own: the clock only puts a row into the inbox.

The row's lane is `schedule:<automation>` and its key has the scheduled time, so two schedulers on
two machines do no harm. A time that was missed while the bot was away is made up for, once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.caused_event import CausedEvent
from clickup_mlops.bot.handling.evaluator import Evaluator
from clickup_mlops.bot.lanes.internal_events import own_body
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.store import InboxRow, Incoming, Store

MINUTE_MS = 60_000


class Scheduled:
    """Inserts the rows, and tells what is to be judged because of them."""

    def __init__(
        self,
        store: Store,
        evaluator: Evaluator,
        workspace: str,
        arrived: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._store, self._evaluator, self._workspace = store, evaluator, workspace
        self._arrived, self._clock = arrived, clock

    def plan(self, add: Callable[..., Any]) -> None:
        """Give every schedule to `add`: trigger, function, automation."""
        for automation in self._automations():
            assert automation.schedule is not None  # noqa: S101
            add(automation.schedule.trigger(), self._tick, automation)

    def catch_up(self) -> None:
        """Have each automation run whose time passed since it last ran; the first time only
        remembers.
        """
        now = self._clock()
        for automation in self._automations():
            last = self._store.cursors.get(automation.kind)
            due = automation.schedule.next_ms(int(last)) if automation.schedule and last else None
            if due is not None and due <= now:
                self.insert(automation, due)
            elif last is None:
                self._store.cursors.set(automation.kind, str(now))

    def insert(self, automation: Automation, at_ms: int) -> bool:
        """Have the automation run; False: that very run was put into the inbox before."""
        body = own_body(automation.kind, None, automation.name)
        new = self._store.inbox.put(
            self._incoming(automation.kind, f"{automation.kind}:{at_ms}", body)
        )
        self._store.cursors.set(automation.kind, str(max(at_ms, self._clock())))
        if new:
            self._arrived(automation.kind)
        return new

    def due(self, rows: Sequence[InboxRow]) -> Sequence[Event]:
        """The events to judge for the workspace; for an automation per task its tasks get theirs.

        A round that was missed needs no repetition: once is enough for all.
        """
        event = replace(webhook.parse(rows[-1].body), key=rows[-1].key)
        automation = next((one for one in self._automations() if one.kind == rows[-1].lane), None)
        if automation is None:
            return ()
        if automation.per == "workspace":
            return (event,)
        lanes = [task.id for task in self._wanted(automation, event)]
        for lane in lanes:
            self._arrived(lane)
        return ()

    def _wanted(self, automation: Automation, event: Event) -> Iterator[Task]:
        """Open tasks for which the automation would do something; each has its event by then."""
        for list_id in self._store.mirror.open_lists():
            tasks = [Task.parse(row.raw) for row in self._store.mirror.all_open(list_id)]
            wanted = [
                task
                for task in tasks
                if self._evaluator.wants(automation, task, CausedEvent(event))
            ]
            self._store.inbox.put_many([self._for_task(automation, event, task) for task in wanted])
            yield from wanted

    def _for_task(self, automation: Automation, event: Event, task: Task) -> Incoming:
        row = self._incoming(
            automation.kind,
            f"{event.key}:{task.id}",
            own_body(automation.kind, task.id, automation.name),
        )
        # With the time of what we know of the task: it needs no reading.
        return replace(row, lane=task.id, list_id=task.list_id, event_ms=task.updated_ms)

    def _incoming(self, kind: str, key: str, body: bytes) -> Incoming:
        return Incoming(
            key=key,
            source="cron",
            workspace=self._workspace,
            kind=kind,
            lane=kind,
            list_id=None,
            body=body,
            event_ms=None,
            received_ms=self._clock(),
        )

    def _tick(self, automation: Automation) -> None:
        now = self._clock()
        self.insert(automation, now - now % MINUTE_MS)

    def _automations(self) -> list[Automation]:
        return [
            automation
            for automation in self._evaluator.automations
            if automation.schedule and automation.mode != "off"
        ]
