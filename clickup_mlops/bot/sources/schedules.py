"""Rules with a schedule of their own: the clock only puts a row into the inbox.

The row's lane is `schedule:<rule>` and its key has the scheduled time, so two schedulers on two
machines do no harm. A time that was missed while the bot was away is made up for, once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from clickup_mlops.automations.model import Rule
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handling.echoes import Heard
from clickup_mlops.bot.handling.evaluator import Ruling
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
        ruling: Ruling,
        workspace: str,
        arrived: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._store, self._ruling, self._workspace = store, ruling, workspace
        self._arrived, self._clock = arrived, clock

    def plan(self, add: Callable[..., Any]) -> None:
        """Give every schedule to `add`: trigger, function, rule."""
        for rule in self._rules():
            assert rule.schedule is not None  # noqa: S101
            add(rule.schedule.trigger(), self._tick, rule)

    def catch_up(self) -> None:
        """Have each rule run whose time passed since it last ran; the first time only remembers."""
        now = self._clock()
        for rule in self._rules():
            last = self._store.cursors.get(rule.kind)
            due = rule.schedule.next_ms(int(last)) if rule.schedule and last else None
            if due is not None and due <= now:
                self.insert(rule, due)
            elif last is None:
                self._store.cursors.set(rule.kind, str(now))

    def insert(self, rule: Rule, at_ms: int) -> bool:
        """Have the rule run; False: that very run was put into the inbox before."""
        body = own_body(rule.kind, None, rule.name)
        new = self._store.inbox.put(self._incoming(rule.kind, f"{rule.kind}:{at_ms}", body))
        self._store.cursors.set(rule.kind, str(max(at_ms, self._clock())))
        if new:
            self._arrived(rule.kind)
        return new

    def due(self, rows: Sequence[InboxRow]) -> Sequence[Event]:
        """The events to judge for the workspace; for a rule per task its tasks get theirs.

        A round that was missed needs no repetition: once is enough for all.
        """
        event = replace(webhook.parse(rows[-1].body), key=rows[-1].key)
        rule = next((one for one in self._rules() if one.kind == rows[-1].lane), None)
        if rule is None:
            return ()
        if rule.per == "workspace":
            return (event,)
        lanes = [task.id for task in self._wanted(rule, event)]
        for lane in lanes:
            self._arrived(lane)
        return ()

    def _wanted(self, rule: Rule, event: Event) -> Iterator[Task]:
        """Open tasks for which the rule would do something; each has its event by then."""
        for list_id in self._store.mirror.open_lists():
            tasks = [Task.parse(row.raw) for row in self._store.mirror.all_open(list_id)]
            wanted = [task for task in tasks if self._ruling.wants(rule, task, Heard(event))]
            self._store.inbox.put_many([self._for_task(rule, event, task) for task in wanted])
            yield from wanted

    def _for_task(self, rule: Rule, event: Event, task: Task) -> Incoming:
        row = self._incoming(
            rule.kind, f"{event.key}:{task.id}", own_body(rule.kind, task.id, rule.name)
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

    def _tick(self, rule: Rule) -> None:
        now = self._clock()
        self.insert(rule, now - now % MINUTE_MS)

    def _rules(self) -> list[Rule]:
        return [rule for rule in self._ruling.rules if rule.schedule and rule.mode != "off"]
