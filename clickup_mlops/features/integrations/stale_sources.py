"""Sources that have gone silent are reported like an alert of a tool.

Integrations and metric sources with a `silent_after` are watched. The report is
`integration:silence.firing`, later `integration:silence.resolved`, with the source as its key.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.receive.source_contacts import CONTACT, SILENT
from clickup_mlops.features.integrations.tools import Report
from clickup_mlops.json_types import text_of
from clickup_mlops.store.tables.notes import Notes

NAME: Final = "silence"
"""The integration that the reports seem to come from."""


class Silence:
    """Watches sources. `limits`: how long each may be silent, by `integration:<name>` or
    `metrics:<name>`; those that are not in it are not watched. `report` puts a report into the
    inbox.
    """

    def __init__(
        self,
        limits: Mapping[str, timedelta],
        notes: Notes,
        report: Callable[[str, Iterable[Report]], object],
        clock: Clock,
    ) -> None:
        self._limits = {name: to_ms(limit) for name, limit in limits.items()}
        self._notes, self._report, self._clock = notes, report, clock
        # While the bot was away nobody could be heard.
        self._since_ms = clock()

    def check(self) -> None:
        """Report the sources that have gone silent, and those that are heard again."""
        if reports := list(self._changed()):
            self._report(NAME, reports)
        for report in reports:
            source = text_of(report.facts["source"])
            if report.state == "firing":
                self._notes.put(SILENT, source, report.facts["since_ms"], self._clock())
            else:
                self._notes.remove(SILENT, source)

    def _changed(self) -> Iterator[Report]:
        contacts, silent, now = self._notes.all(CONTACT), self._notes.all(SILENT), self._clock()
        for source, limit_ms in self._limits.items():
            last_ms = contacts[source].at_ms if source in contacts else 0
            since_ms = max(last_ms, self._since_ms)
            if source not in silent and now - since_ms >= limit_ms:
                yield _report(source, since_ms, "firing")
            elif source in silent and last_ms > silent[source].at_ms:
                yield _report(source, int(silent[source].value), "resolved")


def _report(source: str, since_ms: int, state: str) -> Report:
    """A crash before its note is written repeats it: `once` makes that the same report."""
    since = datetime.fromtimestamp(since_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    phrases = {
        "firing": "has sent nothing since",
        "resolved": "is heard again, after silence since",
    }
    return Report(
        type=state,
        once=f"{source}:{since_ms}:{state}",
        key=source,
        title=f"{source.replace(':', ' ', 1)} {phrases[state]} {since}",
        state=state,
        severity="warning",
        facts={"source": source, "since": since, "since_ms": since_ms},
    )
