"""Asks tools for what they reported while the bot was away, or what got lost on the way.

What was delivered, too, is one report: both have the same `once`. An alert that fires for the bot,
and not for the tool any more, is over; it must be absent several times, as a tool that was just
started knows of no alerts yet.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import FIRING, RESOLVED
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.integrations.tools import IntegrationTable, Kind, Report, ident
from clickup_mlops.features.integrations.tools._model import SUPPRESSED
from clickup_mlops.store import Store
from clickup_mlops.store.tables.notes import ALERTS

ABSENT: Final = "alert_absent"
"""Scope of the notes about alerts that their tool does not know: how often in a row, by key."""
ENOUGH: Final = 3
CURSOR: Final = "integrations:asked:"
"""Names of cursors begin so that say when an integration was asked last; its name follows."""
OVERLAP_MS: Final = 600_000
"""Each look goes back this much further than the last one: clocks differ."""

_log = logs.get()


class MissedReports:
    """`report` stores the reports of an integration, each once."""

    def __init__(
        self,
        tables: Mapping[str, IntegrationTable],
        kinds: Mapping[str, Kind[Any]],
        store: Store,
        report: Callable[[str, Iterable[Report]], object],
        clock: Clock,
    ) -> None:
        self._tables, self._kinds, self._store = tables, kinds, store
        self._report, self._clock = report, clock

    def look(self) -> None:
        """Ask each tool that can be asked. One that does not answer is logged, and asked again."""
        for name, table in self._tables.items():
            if table.api is not None:
                try:
                    self._look(name, table)
                except ClickUpMlopsError as problem:
                    _log.warning("tool_not_asked", integration=name, problem=str(problem))

    def _look(self, name: str, table: IntegrationTable) -> None:
        # Most bots ask no tool, and HTTP is slow to import.
        from clickup_mlops.features.integrations.ask import asking

        kind = self._kinds[table.kind]
        if kind.missed is None or table.api is None:
            return
        cursor, now = f"{CURSOR}{name}", self._clock()
        # What was there before it was asked for the first time was not missed.
        since_ms = int(self._store.cursors.get(cursor) or now)
        ask = asking(table.api, table.api_token)
        missed = [*kind.missed(table, ask, since_ms - OVERLAP_MS)]
        # What is silenced is not reported, as by the webhook; but it is not over either.
        reports = [report for report in missed if report.state != SUPPRESSED]
        if kind.about == "alert":
            reports += self._over(name, {ident(name, report.key) for report in missed})
        self._report(name, reports)
        self._store.cursors.set(cursor, str(now))

    def _over(self, name: str, firing: Collection[str]) -> Iterator[Report]:
        """The alerts that fire for the bot, and were absent often enough."""
        notes, now = self._store.notes, self._clock()
        earlier = {key: int(note.value) for key, note in notes.all(ABSENT).items()}
        absent = {
            key: value
            for key, value in self._list_firing()
            if self._is_of(name, key) and key not in firing
        }
        for key in earlier.keys() - absent.keys():
            if self._is_of(name, key):
                notes.remove(ABSENT, key)
        for key, value in absent.items():
            times = earlier.get(key, 0) + 1
            notes.put(ABSENT, key, times, now)
            if times >= ENOUGH:  # until it is known: a report may be lost before it is stored
                yield _resolved(key.removeprefix(f"{name}-"), value)

    def _is_of(self, name: str, key: str) -> bool:
        """Whether the key is of this integration: names may begin alike, as `am` and `am-eu` do."""
        names = (table for table in self._tables if key.startswith(f"{table}-"))
        return max(names, key=len, default="") == name

    def _list_firing(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key, note in self._store.notes.with_scope_prefix(ALERTS):
            if note.value["state"] == FIRING:
                yield key, note.value


def _resolved(key: str, alert: Mapping[str, Any]) -> Report:
    starts = str(alert["starts"])
    return Report(
        type=RESOLVED,
        once=f"absent-{key}-{starts}",
        key=key,
        title="The alert does not fire any more",
        state=RESOLVED,
        facts={"starts": starts} if starts else {},
    )
