"""When each source has last sent something: integrations, and the sources of metrics."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.store.tables.notes import Notes

CONTACT: Final = "heard"
"""Scope of the notes about when a source has last sent something."""
SILENT: Final = "silent"
"""Scope of the notes about sources that are reported as silent: the value says since when."""
_SPACING_MS: Final = 30_000
"""A source that sends all the time is noted this seldom."""


class SourceContacts:
    """Notes them. `limits`: how long a source may be silent, by `integration:<name>` or
    `metrics:<name>`.
    """

    def __init__(self, limits: Mapping[str, timedelta], notes: Notes, clock: Clock) -> None:
        self._limits = {name: to_ms(limit) for name, limit in limits.items()}
        self._notes, self._clock = notes, clock
        self._noted: dict[str, int] = {}

    def record(self, source: str) -> None:
        """The source has just sent something. Costs a write at most twice a minute, whether it is
        watched or not: the dashboard shows when each sent something last.
        """
        now = self._clock()
        spacing = min(_SPACING_MS, self._limits.get(source, 4 * _SPACING_MS) // 4)
        if now - self._noted.get(source, 0) >= spacing:
            self._notes.put(CONTACT, source, None, now)
            self._noted[source] = now
