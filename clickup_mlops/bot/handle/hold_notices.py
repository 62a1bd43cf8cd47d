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
from clickup_mlops.views.text import localize

SCOPE: Final = "hold_notice"
NOTICE: Final = "comment:hold#"
"""How the kinds of its comments begin."""
BEFORE_MS: Final = 86_400_000
"""A day before, or when a quarter of a shorter hold is left."""

_log = logs.get()


class HoldNotices:
    """`run` notifies of those that end soon: in the log, or by a comment on the task."""

    def __init__(
        self, store: Store, context: ExecutorContext, notice: Notice, clock: Clock, *, zone: str
    ) -> None:
        self._store, self._context, self._notice, self._clock = store, context, notice, clock
        self._zone = zone

    def run(self) -> int:
        """How many there were. Each is noted first: after a crash there is none, never two."""
        now, count = self._clock(), 0
        held = self._store.overrides.list(now)
        self._forget(held)
        for override in _ending(held, now) if self._notice != "off" else ():
            if self._store.notes.first(SCOPE, _name(override), override.priority, now):
                self._notify(override, now)
                count += 1
        return count

    def _forget(self, held: list[Override]) -> None:
        for name in self._store.notes.all(SCOPE).keys() - {_name(override) for override in held}:
            self._store.notes.remove(SCOPE, name)

    def _notify(self, override: Override, now: int) -> None:
        priority, until = format_priority(override.priority), format_moment(override.until_ms)
        _log.info(
            "hold_ends",
            task=override.task_id,
            priority=priority,
            until=until,
            user=override.user_name,
        )
        if self._notice != "comment" or self._context.is_shadow(override.task_id):
            return
        author = f", set by {escape_markdown(override.user_name)}," if override.user_name else ""
        end = localize(until, self._zone)
        text = f"{priority}{author} is held until {end}. Then the policy decides again."
        change = Change(
            f"{NOTICE}{override.until_ms}", None, {"text": f"{text} `/hold` keeps it."}, text, {}
        )
        try:
            write_change(
                change, override.task_id, self._context, cause=_name(override), automation="/hold"
            )
        except ClickUpMlopsError as problem:
            _log.warning("hold_notice_failed", task=override.task_id, problem=str(problem))


def _ending(held: list[Override], now: int) -> Iterator[Override]:
    for override in held:
        by_person = override.origin == CHANGE and (
            not override.set_by or override.set_by.startswith("/")
        )
        before = min(BEFORE_MS, (override.until_ms - override.since_ms) // 4)
        if by_person and override.priority is not None and override.until_ms - now <= before:
            yield override


def _name(override: Override) -> str:
    return f"hold:{override.task_id}:{override.until_ms}"
