"""Tracked time as time entries."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.errors import ApiError, RetryableApiError, Unauthorized, UncertainWrite
from clickup_mlops.features.migration.run.model import Made
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import AddTime


class Tracking:
    """Adds a time entry: the person's, or the token's own where ClickUp does not allow that."""

    def __init__(self, tools: Tools, step: AddTime) -> None:
        self._entries, self._team_id, self._step = (
            tools.clickup.time_entries,
            tools.team_id,
            step,
        )
        self._journal = tools.journal
        self._task = tools.task(step.item_id)

    def about(self) -> Mapping[str, Any]:
        """Item, span and user."""
        step = self._step
        return {
            "item": step.item_id,
            "start_ms": step.start_ms,
            "duration_ms": step.duration_ms,
            "user": step.user,
        }

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """By task, start and duration, of the person or the token's user."""
        for user in dict.fromkeys((self._step.user, None)):
            if entry_id := self._entry_of(user):
                return Made(entry_id, self.about())
        return None

    def _entry_of(self, user: int | None) -> str | None:
        start = self._step.start_ms
        entries = self._entries.of_task(
            self._team_id, self._task, since_ms=start, until_ms=start, user=user
        )
        for entry in entries:
            if entry.duration_ms == self._step.duration_ms and not self._journal.has_created(
                entry.id
            ):
                return entry.id
        return None

    def do(self) -> Made:
        """Add it."""
        step = self._step
        try:
            return self._added(step.user, step.note)
        except (RetryableApiError, UncertainWrite, Unauthorized):
            raise
        except ApiError as problem:
            if step.user is None:
                raise
            entry = self._added(None, step.note)
            note = f"item {step.item_id}: time of user {step.user} is the token's own: {problem}"
            return Made(entry.target, entry.written, (note,))

    def _added(self, user: int | None, note: str) -> Made:
        step = self._step
        entry_id = self._entries.add(
            self._team_id,
            self._task,
            start_ms=step.start_ms,
            duration_ms=step.duration_ms,
            user=user,
            note=note,
        )
        # By its documentation the answer names no entry; then it is read.
        return Made(entry_id or self._entry_of(user) or "", self.about())

    def close(self) -> None:
        """Nothing is open."""
