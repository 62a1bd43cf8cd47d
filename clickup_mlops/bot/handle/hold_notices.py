"""Notifies people once, before a priority that a person chose ends: the policy decides again."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations.model import Change
from clickup_mlops.automations.perform import ExecutorContext, write_change
from clickup_mlops.bot.clock import Clock
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.commands.settings import Notice
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.routing.decision import format_moment, format_priority
from clickup_mlops.store import Override, Store
from clickup_mlops.store.tables.overrides import CHANGE

SCOPE: Final = "hold_notice"
NOTICE: Final = "comment:hold#"
"""How the kinds of its comments begin."""
BEFORE_MS: Final = 86_400_000
"""A day before, or when a quarter of a shorter hold is left."""

_log = logs.get()


class HoldNotices:
    """`run` notifies of those that end soon: in the log, or by a comment on the task."""

    def __init__(
        self, store: Store, context: ExecutorContext, notice: Notice, clock: Clock
    ) -> None:
        self._store, self._context, self._notice, self._clock = store, context, notice, clock

    def run(self) -> int:
        """How many there were. Each is noted first: after a crash there is none, never two."""
        now, count = self._clock(), 0
        held = self._store.overrides.list(now)
        self._forget(held)
        for one in _ending(held, now) if self._notice != "off" else ():
            if self._store.notes.first(SCOPE, _name(one), one.priority, now):
                self._notify(one, now)
                count += 1
        return count

    def _forget(self, held: list[Override]) -> None:
        for name in self._store.notes.all(SCOPE).keys() - {_name(one) for one in held}:
            self._store.notes.remove(SCOPE, name)

    def _notify(self, one: Override, now: int) -> None:
        priority, until = format_priority(one.priority), format_moment(one.until_ms)
        _log.info("hold_ends", task=one.task_id, priority=priority, until=until, user=one.user_name)
        if self._notice != "comment" or self._context.shadow:
            return
        whose = f", set by {escape_markdown(one.user_name)}," if one.user_name else ""
        text = f"{priority}{whose} is held until {until}. Then the policy decides again."
        change = Change(
            f"{NOTICE}{one.until_ms}", None, {"text": f"{text} `/hold` keeps it."}, text, {}
        )
        try:
            write_change(change, one.task_id, self._context, cause=_name(one), automation="/hold")
        except ClickUpMlopsError as problem:
            _log.warning("hold_notice_failed", task=one.task_id, problem=str(problem))


def _ending(held: list[Override], now: int) -> Iterator[Override]:
    for one in held:
        by_person = one.origin == CHANGE and (not one.set_by or one.set_by.startswith("/"))
        before = min(BEFORE_MS, (one.until_ms - one.since_ms) // 4)
        if by_person and one.priority is not None and one.until_ms - now <= before:
            yield one


def _name(one: Override) -> str:
    return f"hold:{one.task_id}:{one.until_ms}"
