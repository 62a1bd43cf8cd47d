"""When reports are sent: the clock only puts a row into the inbox, one for each target.

A row's key names report, target and period, so two schedulers on two machines do no harm, and a
clock that is put back sends nothing again. Of several times that passed while the bot was away the
last one counts: one report, about the last period that is over. None is sent about a period that
was over before anything was known.

Milestones and incidents are reported some time after their end: each that has ended since the
report was configured, in the last `LOOKED_BACK_MS`. What was put is noted, by when it ended: what
begins and ends again is reported again, in place of the report that is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.errors import InputError
from clickup_mlops.features.reports import coverage
from clickup_mlops.features.reports.delivery.model import LANE, Maker
from clickup_mlops.features.reports.delivery.settings import ReportSettings
from clickup_mlops.features.reports.subjects import ending
from clickup_mlops.ports.sections.model import Period
from clickup_mlops.ports.sections.period import calendar
from clickup_mlops.ports.sections.subject import Ending, Subject
from clickup_mlops.store import Incoming, Store

LONGEST_MS: Final = 100 * 86_400_000
"""What was due longer ago is not looked for."""
LOOKED_BACK_MS: Final = 30 * 86_400_000
ENDED: Final = "reports_ended"
"""Scope of the notes about reports of milestones and incidents: since when (Unix ms) it is
configured, and when each that was put has ended.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A time at which a report is sent (Unix ms), and the period that it is about then.

    None: whenever a milestone or incident has ended.
    """

    name: str
    at_ms: int | None
    period: Period | None


class ReportSchedule:
    """Puts the rows of reports into the inbox when they are due."""

    def __init__(
        self,
        reports: Mapping[str, ReportSettings],
        store: Store,
        inbox: InboxWriter,
        maker: Maker,
        clock: Clock,
    ) -> None:
        self._reports, self._store, self._inbox = reports, store, inbox
        self._maker, self._clock = maker, clock

    def run_due(self) -> None:
        """Have each report sent whose time has passed since it was last sent; the first time only
        remembers.
        """
        for name, report in self._reports.items():
            if (kind := ending(report.every)) is None:
                self._put_due(name, report)
            else:
                self._put_ended(name, report, kind)

    def _put_due(self, name: str, report: ReportSettings) -> None:
        now, cursor, cursors = self._clock(), f"{LANE}{name}", self._store.cursors
        last = int(cursors.get(cursor) or 0)
        if last > now and report.next_ms(last - 1) == last:
            if report.next_ms(now) == last:
                return  # it is due at once: another process's clock is a little ahead
            last = 0  # it was wrong: what was sent is in the inbox, and not sent again
        elif not 0 < last <= now:
            cursors.set(cursor, str(now))
            return
        if (due := latest_due_ms(report, last, now)) is not None:
            period = self._period(report, due)
            if coverage.begins_by(self._store, period.end_ms):
                self.enqueue(name, period.name)
            cursors.set(cursor, str(due))

    def _put_ended(self, name: str, report: ReportSettings, kind: Ending) -> None:
        now, notes = self._clock(), self._store.notes
        note = notes.get(ENDED, name)
        state: dict[str, Any] = note.value if note else {"since": now, "put": {}}
        until_ms = now - to_ms(report.after)
        since_ms = max(state["since"], now - LOOKED_BACK_MS)
        endings = self._maker.ended(kind, since_ms) if note else []
        due = {entry.name: entry.at_ms for entry in endings if entry.at_ms <= until_ms}
        new = {about: at_ms for about, at_ms in due.items() if state["put"].get(about) != at_ms}
        for about, at_ms in new.items():
            self.enqueue(name, about, again=str(at_ms))
        if new or note is None:
            notes.put(ENDED, name, {"since": state["since"], "put": due}, now)

    def about(self, name: str, subject_name: str | None = None) -> Subject:
        """What the report is about: the period, milestone or incident of this name; None: the last
        one that is over.

        Raises:
            InputError: there is none.
        """
        report, maker = self._reports[name], self._maker
        if (kind := ending(report.every)) is None:
            every = calendar(report.every) or "weekly"
            return Subject(
                maker.last(every, self._clock(), report.zone)
                if subject_name is None
                else maker.named(every, subject_name, report.zone)
            )
        return maker.find(
            kind, self._last(kind) if subject_name is None else subject_name, report.zone
        )

    def _last(self, kind: Ending) -> str:
        if endings := self._maker.ended(kind, self._clock() - LOOKED_BACK_MS):
            return endings[-1].name
        raise InputError(f"no {kind} has ended in the last 30 days", hint="Name one: --period.")

    def _period(self, report: ReportSettings, at_ms: int) -> Period:
        """What the report is about if it is sent then."""
        return self._maker.last(calendar(report.every) or "weekly", at_ms, report.zone)

    def enqueue(
        self,
        name: str,
        about: str,
        targets: Iterable[str] | None = None,
        *,
        once: str = "",
        again: str = "",
    ) -> list[str]:
        """Have the report about this period, milestone or incident go to these targets (None: all),
        each with a row of its own; their keys.

        What has gone there already goes again only with another text as `once`, for a person, or
        as `again`.
        """
        chosen = self._reports[name].targets if targets is None else targets
        source = "manual" if once else "cron"
        rows = [self._row(name, target, about, once or again, source) for target in chosen]
        self._inbox.put_many(rows)
        for row in rows:
            self._inbox.dispatch(row.lane, row.rank)
        return [row.key for row in rows]

    def _row(self, name: str, target: str, about: str, once: str, source: str) -> Incoming:
        lane = f"{LANE}{name}:{target}"
        key = f"{lane}:{about}{f':{once}' if once else ''}"
        body = orjson.dumps({"report": name, "target": target, "period": about})
        return self._inbox.event(key, f"{LANE}{name}", source=source, lane=lane, body=body)

    def coming(self, now_ms: int) -> list[Run]:
        """The next time of each report, the soonest first; those without one come last."""
        runs = (self._run(name, report, now_ms) for name, report in self._reports.items())
        return sorted(runs, key=lambda run: (run.at_ms is None, run.at_ms or 0, run.name))

    def _run(self, name: str, report: ReportSettings, now_ms: int) -> Run:
        if ending(report.every):
            return Run(name, None, None)
        at_ms = report.next_ms(now_ms)
        return Run(name, at_ms, self._period(report, at_ms))


def latest_due_ms(report: ReportSettings, since_ms: int, now_ms: int) -> int | None:
    """When it was to be sent last, after `since_ms` and up to now (Unix ms); None: not at all."""
    latest_ms, at_ms = None, max(since_ms, now_ms - LONGEST_MS)
    while (at_ms := report.next_ms(at_ms)) <= now_ms:
        latest_ms = at_ms
    return latest_ms
