"""Posts digests, and keeps them up to date: one message a day and channel.

The clock only puts a row into the inbox. The lane writes the message of the day, whatever it missed
before: of rows that piled up the last one counts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations.model import Automation, Unanswered
from clickup_mlops.automations.names import Names
from clickup_mlops.automations.schedule import QuietTable, zone
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.posting import Author, Poster
from clickup_mlops.bot.lanes.replacement import plan_replacement
from clickup_mlops.bot.registered import Timer, every
from clickup_mlops.clickup.model import Person
from clickup_mlops.features.digests import data, text
from clickup_mlops.features.digests.settings import KIND, LANE, DigestSettings
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.journal_rows import JournalRow
from clickup_mlops.views.text import localize

MINUTE_MS: Final = 60_000
LOOK_EVERY: Final = timedelta(seconds=5)

_log = logs.get()


class Digests:
    """`tick` has a digest looked at; `handle` writes it. `quiet` holds for those without their own
    quiet hours.
    """

    def __init__(
        self,
        digests: Mapping[str, DigestSettings],
        store: Store,
        poster: Poster,
        *,
        names: Callable[[], Names],
        automations: Callable[[], Sequence[Automation]],
        inbox: InboxWriter,
        quiet: QuietTable,
        clock: Clock,
    ) -> None:
        self._digests, self._store, self._poster = digests, store, poster
        self._names, self._inbox, self._automations = names, inbox, automations
        self._quiet, self._clock = quiet, clock
        self._days: dict[str, str] = {}

    def timers(self) -> Iterator[Timer]:
        """One for each, when its message is brought up to date, and one that begins messages."""
        for name, settings in self._digests.items():
            yield Timer(
                every(settings.update_every), partial(self.tick, name, to_ms(settings.update_every))
            )
        if self._digests:
            yield Timer(every(LOOK_EVERY), self.begin)

    def begin(self) -> None:
        """Have each looked at whose hours have begun since this was called last."""
        for name, settings in self._digests.items():
            day = self._day(settings, self._clock())
            if day and day != self._days.get(name):
                self.tick(name, MINUTE_MS)
            self._days[name] = day

    def catch_up(self) -> None:
        """Have each looked at now."""
        for name in self._digests:
            self.tick(name, MINUTE_MS)

    def tick(self, name: str, interval_ms: int) -> None:
        """Have it looked at, once in this interval; outside of its hours nothing is stored."""
        now = self._clock()
        if self._day(self._digests[name], now):
            lane = f"{LANE}{name}"
            key = f"{lane}:{now - now % interval_ms}"
            self._inbox.put(self._inbox.event(key, KIND, source="cron", lane=lane))

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Write the day's message, unless it says so already.

        Raises:
            Postponed: not now.
            ClickUpMlopsError: ClickUp refused, or did not answer.
        """
        row = rows[-1]
        name, now = row.lane.removeprefix(LANE), self._clock()
        self._poster.recover(row.lane)
        settings = self._digests.get(name)
        if settings is None or f"{LANE}{name}" in self._store.mutes.of("", now):
            return  # an undo leaves the message as it is for a while
        if day := self._day(settings, now):
            self._write(row, name, settings, day, now)

    def _day(self, settings: DigestSettings, now_ms: int) -> str:
        """The day whose message may be written now; empty: none may."""
        quiet = self._quiet if settings.quiet is None else settings.quiet
        return "" if quiet.ends_ms(now_ms) is not None else settings.day(now_ms)

    def _write(
        self, row: InboxRow, name: str, settings: DigestSettings, day: str, now_ms: int
    ) -> None:
        poster, kind = self._poster, f"chat:{KIND}/{name}#{day}"
        last = poster.latest_write("", kind)
        after = {"channel": settings.channel.strip().removeprefix("#")}
        after["text"] = self._text(settings, day, now_ms)
        if _says(last, after):
            return
        change = plan_replacement(kind, last, after, f"#{after['channel']}: digest of {day}")
        if change is not None:
            author = Author(f"{KIND}:{name}", "chat", settings.cap)
            state = poster.post(row, author, "", change)
            _log.info("digest_written", digest=name, day=day, state=state)

    def _text(self, settings: DigestSettings, day: str, now_ms: int) -> str:
        open_work = data.read(self._store, settings.workloads, settings.limit, self._automations())
        names = [*settings.mention, *(settings.mention_on_breach if open_work.breaches else ())]
        people = tuple(dict.fromkeys(person for name in names for person in self._people(name)))
        now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone(settings.zone))
        message = text.digest(open_work, day, now_ms, f"{now:%H:%M} ({settings.zone})", people)
        return localize(message, settings.zone)

    def _people(self, name: str) -> tuple[Person, ...]:
        """Who has this name or role; a name that nobody has keeps no digest from being sent."""
        try:
            return self._names().people(name)
        except Unanswered as problem:
            _log.warning("digest_mention_unknown", name=name, problem=str(problem))
            return ()


def _says(last: JournalRow | None, after: Mapping[str, str]) -> bool:
    """Whether the message that is there says the same, in the same channel."""
    if last is None or last.after["channel"] != after["channel"]:
        return False
    return text.is_equal_text(last.after["text"], after["text"])
