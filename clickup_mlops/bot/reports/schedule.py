"""When reports are sent: the clock only puts a row into the inbox, one for each target.

A row's key names report, target and period, so two schedulers on two machines do no harm, and a
clock that is put back sends nothing again. Of several times that passed while the bot was away the
last one counts: one report, about the last period that is over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.reports.model import Maker
from clickup_mlops.bot.reports.settings import ReportSettings
from clickup_mlops.report.model import Period
from clickup_mlops.store import Incoming
from clickup_mlops.store.tables.cursors import Cursors

KIND: Final = "report"
LANE: Final = f"{KIND}:"
"""Lanes of reports begin like this; the names of report and target follow."""
LONGEST_MS: Final = 100 * 86_400_000
"""What was due longer ago is not looked for."""


@dataclass(frozen=True, slots=True)
class Run:
    """A time at which a report is sent (Unix ms), and the period that it is about then."""

    name: str
    at_ms: int
    period: Period


class ReportSchedule:
    """Puts the rows of reports into the inbox when they are due."""

    def __init__(
        self,
        reports: Mapping[str, ReportSettings],
        cursors: Cursors,
        inbox: InboxWriter,
        maker: Maker,
        clock: Clock,
    ) -> None:
        self._reports, self._cursors, self._inbox = reports, cursors, inbox
        self._maker, self._clock = maker, clock

    def run_due(self) -> None:
        """Have each report sent whose time has passed since it was last sent; the first time only
        remembers.
        """
        for name, report in self._reports.items():
            now, cursor = self._clock(), f"{LANE}{name}"
            last = self._cursors.get(cursor)
            due = latest_due_ms(report, int(last), now) if last else now
            if last and due is not None:
                self.put(name, self.period(name, due))
            if due is not None:
                self._cursors.set(cursor, str(due))

    def period(self, name: str, at_ms: int) -> Period:
        """What the report is about if it is sent then."""
        report = self._reports[name]
        return self._maker.last(report.every, at_ms, report.zone)

    def put(
        self, name: str, period: Period, targets: Iterable[str] | None = None, *, once: str = ""
    ) -> list[str]:
        """Have the report go to these targets (None: all), each with a row of its own; their keys.

        What has gone there already goes again only with another text as `once`.
        """
        chosen = self._reports[name].targets if targets is None else targets
        rows = [self._row(name, target, period, once) for target in chosen]
        self._inbox.put_many(rows)
        for row in rows:
            self._inbox.dispatch(row.lane)
        return [row.key for row in rows]

    def _row(self, name: str, target: str, period: Period, once: str) -> Incoming:
        lane = f"{LANE}{name}:{target}"
        key = f"{lane}:{period.name}{f':{once}' if once else ''}"
        about = {"report": name, "target": target, "period": period.name}
        source = "manual" if once else "cron"
        return self._inbox.event(
            key, f"{LANE}{name}", source=source, lane=lane, body=orjson.dumps(about)
        )

    def coming(self, now_ms: int) -> list[Run]:
        """The next time of each report, the soonest first."""
        times = ((name, one.next_ms(now_ms)) for name, one in self._reports.items())
        runs = (Run(name, at, self.period(name, at)) for name, at in times)
        return sorted(runs, key=lambda run: (run.at_ms, run.name))


def latest_due_ms(report: ReportSettings, since_ms: int, now_ms: int) -> int | None:
    """When it was to be sent last, after `since_ms` and up to now (Unix ms); None: not at all."""
    found, at_ms = None, max(since_ms, now_ms - LONGEST_MS)
    while (at_ms := report.next_ms(at_ms)) <= now_ms:
        found = at_ms
    return found
