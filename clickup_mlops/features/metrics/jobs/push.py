"""One pass: place what was read on tasks, and write what is worth a call.

A pass that is cut off loses nothing: the journal's open writes are reconciled first, and what it
wrote without storing it is learnt from the journal.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from clickup_mlops import logs, pace
from clickup_mlops.automations.perform import State
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.clickup.governor import Stopping
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.jobs.advice import SCOPE, Adviser, Readings
from clickup_mlops.features.metrics.jobs.bindings import Bound
from clickup_mlops.features.metrics.jobs.board import Board
from clickup_mlops.features.metrics.jobs.owners import Owners
from clickup_mlops.features.metrics.jobs.scraper import Scraper
from clickup_mlops.features.metrics.jobs.sinks import (
    AUTOMATION,
    Comments,
    Fields,
    Sink,
    WriteRequest,
)
from clickup_mlops.features.metrics.jobs.source_comments import SourceComments
from clickup_mlops.features.metrics.jobs.stored_values import StoredFields
from clickup_mlops.features.metrics.jobs.tasks import BoundTasks
from clickup_mlops.features.metrics.jobs.turns import Turns
from clickup_mlops.features.metrics.jobs.writer import Writer
from clickup_mlops.features.metrics.placement import planning
from clickup_mlops.features.metrics.placement.placing import Placement, Shared, Unplaced
from clickup_mlops.features.metrics.placement.planning import Key, Limit, Write, field_of
from clickup_mlops.features.metrics.placement.rounds import Round
from clickup_mlops.features.metrics.read.collect import Collected
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.spelling import suggest_word
from clickup_mlops.store import Store

_LEFT_OVER = 50
"""Tasks out of reach that are read in one pass, a call each, to clear their fields."""
_ADVICE_AT_ONCE = 10
_STEP_MS = 1_000
"""How long a pass waits for a turn before it looks for newer numbers."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a pass did. `written` are writes with their outcome, `bindings` how many hold; `absent`
    are measures that a source did not give, though it answered: idle, or misspelt.
    """

    collected: tuple[Collected, ...]
    writes: tuple[tuple[Write, State], ...]
    unplaced: tuple[Unplaced, ...]
    problems: tuple[str, ...]
    bindings: int = 0
    absent: tuple[str, ...] = ()
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What passes are made with. `sleep` waits so many seconds; `is_stopping`: the program is."""

    store: Store
    settings: MetricsSettings
    scraper: Scraper
    board: Board
    tasks: BoundTasks
    writer: Writer
    turns: Turns
    limit: Limit
    owners: Owners
    workspace: str
    zone: str
    """Time zone of the times in comments."""
    clock: Clock
    sleep: Callable[[float], object]
    is_stopping: Callable[[], bool]

    @property
    def is_shadow(self) -> bool:
        """Whether nothing is written."""
        return self.writer.context.shadow


class Push:
    """`run` is one pass; one at a time. `bound` gives the bindings that hold now."""

    def __init__(self, parts: Parts, bound: Callable[[], Bound]) -> None:
        self._parts, self._bound = parts, bound
        settings = parts.settings
        self._adviser = Adviser(parts.store, settings.facts, to_ms(settings.advice_over_after))
        self._source_comments = SourceComments(parts.store, parts.zone)
        self._round = Round(to_ms(settings.push_every))
        self._messages: dict[str, tuple[str, ...]] = {}
        self._reported: set[str] = set()
        self._has_more_advice = False

    @property
    def scraper(self) -> Scraper:
        """What reads the sources."""
        return self._parts.scraper

    def run(self) -> Pushed:
        """Places and writes.

        Raises:
            ClickUpMlopsError: ClickUp or the store is away; the next pass goes on.
            Stopping: the program is.
        """
        bound = self._bound()
        self.scraper.configure(bound.sources)
        self._round.begin(self._parts.clock())
        is_round = self._round.is_open
        current = _Pass(self._parts, bound, self._round)
        current.run()
        if is_round or self._has_more_advice:
            self._has_more_advice = current.advise(self._adviser)
        if is_round:
            self._round.end()
        current.name_sources(self._source_comments)
        return current.result()

    def scrape(self) -> None:
        """Only scrape: the next pass has rates then."""
        self.scraper.configure(self._bound().sources)
        collector = self.scraper.collector
        collector.scrape_all([*collector.tables], self._parts.clock)

    def report(self, pushed: Pushed) -> None:
        """Log what a pass could not read or place: each once, until it is over."""
        # Sources that were not due say what they said.
        self._messages |= {source.source: source.messages for source in pushed.collected}
        of_sources = (f"{name}: {text}" for name, texts in self._messages.items() for text in texts)
        lines = {line: line for line in (*pushed.problems, *of_sources)}
        lines |= {doubt.text: doubt.text for doubt in pushed.shared}
        lines |= _of_series(pushed.unplaced)
        for key in sorted(lines.keys() - self._reported):
            _log.warning("metrics_problem", text=lines[key])
        self._reported = set(lines)


class _Pass:
    """One pass. What is planned is planned anew whenever a source was read or fell silent."""

    def __init__(self, parts: Parts, bound: Bound, values_round: Round) -> None:
        self._parts, self._bound, self._round = parts, bound, values_round
        self._begun_ms = parts.clock()
        self._stored = StoredFields(
            parts.store,
            parts.workspace,
            self._begun_ms,
            dry=parts.is_shadow,
            window_ms=self._window_ms,
        )
        self._sink = self._choose_sink()
        self._collected: list[Collected] = []
        self._results: list[tuple[Write, State]] = []
        self._placement, self._tasks = Placement(), dict[str, Task]()
        self._queue: list[Write] = []
        self._sources = frozenset[str]()
        self._out_of_reach: Mapping[str, Task] | None = None

    def run(self) -> None:
        """All that is worth a call now.

        Raises: as `Push.run`.
        """
        self._refresh()
        self._parts.scraper.start()
        # A pass that was cut off may have left a round of which nothing remains to be done.
        if not self._queue and self._round.begin_anew(self._begun_ms):
            self._refresh()
        while write := self._next():
            self._write(write)
            pace.pause()

    def result(self) -> Pushed:
        """What it did."""
        parts, collected = self._parts, tuple(self._collected)
        problems = (
            *self._bound.problems,
            *(f"{c.source}: {p}" for c in collected for p in c.problems),
        )
        remarks = (f"{source.source}: {source.remark}" for source in collected if source.remark)
        readings = parts.board.readings(parts.clock())
        absent = (*remarks, *_absent(self._bound.bindings, readings))
        unplaced, shared = tuple(self._placement.unplaced), tuple(self._placement.shared)
        if not parts.is_shadow:
            parts.owners.note(shared, self._begun_ms)
        return Pushed(
            collected,
            tuple(self._results),
            unplaced,
            problems,
            len(self._bound.bindings),
            absent,
            shared,
        )

    def advise(self, adviser: Adviser) -> bool:
        """Write advice on the tasks that numbers concern. In a running bot a few: values come
        first, and the next pass is never far. Whether there may be more.
        """
        parts, now = self._parts, self._parts.clock()
        if not parts.settings.advise:
            return False
        room = _ADVICE_AT_ONCE if parts.scraper.is_live else sys.maxsize
        muted = self._muted(now)
        unmuted = {key: task for key, task in self._tasks.items() if key not in muted}
        candidates = (*self._placement.values.values(), *self._placement.unsure)
        placed = [value for value in candidates if value.task.id in unmuted]
        for news in adviser.news(unmuted, placed, parts.board.readings(now), now):
            state = parts.writer.write(WriteRequest(news.task.id, news.change))
            if state == "done":
                adviser.remember(news, parts.workspace, parts.clock())
                room -= 1
            if state == "capped" or not room:
                break
        return not room

    def name_sources(self, comments: SourceComments) -> None:
        """Say on tasks where their numbers come from."""
        parts = self._parts
        if not parts.settings.name_sources or parts.is_shadow or not isinstance(self._sink, Fields):
            return
        muted = self._muted(parts.clock())
        values = [value for value in self._stored.known.values() if value.task_id not in muted]
        for request in comments.due(values, parts.clock()):
            if parts.writer.write(request) == "done":
                comments.remember(request, parts.clock())

    def _window_ms(self, source: str) -> int:
        table = self._bound.sources.get(source)
        return to_ms(table.every) if table else 0

    def _refresh(self) -> None:
        """Plan by the tasks and numbers of now."""
        parts, stored = self._parts, self._stored
        now = parts.clock()
        ownership = parts.owners.of(stored.known.values())
        try:
            parts.tasks.all(self._bound.bindings, now)
        finally:
            # If ClickUp is away, numbers are kept over time all the same.
            parts.board.use(self._bound, parts.tasks.last_read, ownership)
            self._read()
        self._sources = parts.board.fresh(now)
        self._tasks = dict(self._sink.show(parts.tasks.last_read, stored.known))
        self._placement = self._as_shown(parts.board.placement(now))
        stored.recall(self._placement.values, self._tasks)
        stored.saw(self._placement.values.values(), to_ms(parts.settings.override_duration), now)
        self._queue = self._round.select(self._plan(now))

    def _plan(self, now_ms: int) -> Iterator[Write]:
        stored, placement = self._stored, self._placement
        muted = self._muted(now_ms)
        silent = self._silent(now_ms)
        if self._out_of_reach is None:
            self._out_of_reach = self._unbound_tasks(silent, muted)
        tasks = {**self._tasks, **self._out_of_reach}
        last = stored.last
        stale = planning.stale(tasks, {key: last[key] for key in silent & last.keys()})
        news = planning.plan(placement.values.values(), last, now_ms, self._parts.limit)
        return (write for write in (*stale, *news) if write.task.id not in muted)

    def _next(self) -> Write | None:
        """The write whose turn it is, with its newest value; None: nothing more is worth a call."""
        parts = self._parts
        while True:
            if self._read() or parts.board.fresh(parts.clock()) != self._sources:
                self._refresh()
            if not self._queue or (parts.is_shadow and not self._round.is_open):
                return None
            wait_ms = 0 if parts.is_shadow else parts.turns.wait_ms(self._queue[0])
            if not wait_ms:
                return self._queue[0]
            if parts.is_stopping():
                raise Stopping("the program stops")
            parts.sleep(min(wait_ms, _STEP_MS) / 1000)

    def _write(self, first: Write) -> None:
        """It, and what the sink writes with it."""
        parts, stored = self._parts, self._stored
        of_task = [write for write in self._queue if write.task.id == first.task.id]
        request = next(iter(self._sink.requests(of_task, stored.known, parts.clock())))
        keys = {write.key for write in request.writes}
        self._queue = [write for write in self._queue if write.key not in keys]
        for key in keys:
            self._round.take(key)
        parts.turns.take(first)
        state = parts.writer.write(request)
        for write in request.writes:
            if state == "done":
                stored.wrote(write, self._placement.values.get(write.key), parts.clock())
            self._results.append((write, state))
        if state == "capped":
            self._queue = parts.writer.within_cap(self._queue, first)

    def _read(self) -> bool:
        """Take what was read since the last look. Whether there was anything."""
        parts = self._parts
        parts.scraper.scrape_due()
        news = parts.scraper.take()
        for collected in news:
            parts.board.add(collected)
        self._collected += news
        return bool(news)

    def _as_shown(self, placement: Placement) -> Placement:
        """With the tasks as people see them now."""
        values = {
            key: replace(value, task=task, field=field)
            for key, value in pace.paced(placement.values.items())
            if (task := self._tasks.get(key[0])) and (field := field_of(task, key[1]))
        }
        return replace(placement, values=values)

    def _silent(self, now_ms: int) -> set[Key]:
        """Fields with a value whose newest reading is too old."""
        board, collector = self._parts.board, self._parts.scraper.collector
        return {
            key
            for key, value in self._stored.known.items()
            if value.value is not None
            and key not in self._placement.values
            and now_ms - value.sample_ms >= board.longest_ms(value.source)
            # A first scrape after a start says nothing of rates.
            and (value.source not in self._sources or collector.has_rates(value.source))
        }

    def _unbound_tasks(self, silent: Collection[Key], muted: Collection[str]) -> Mapping[str, Task]:
        """The tasks of fields to which nothing is bound any more. What is not there is forgotten,
        and so is what a person has changed: it is theirs.
        """
        parts, stored = self._parts, self._stored
        out_of_reach = {key[0] for key in silent} - self._tasks.keys() - set(muted)
        ids = sorted(out_of_reach)[:_LEFT_OVER]
        existing_tasks = [task for task_id in ids if (task := parts.tasks.read(task_id))]
        current = self._sink.show(existing_tasks, stored.known)
        theirs = {key: stored.last[key] for key in silent if key[0] in ids}
        ours = {write.key for write in planning.stale(current, theirs)}
        for key in theirs.keys() - ours:
            stored.forget(key)
        for task_id in set(ids) - current.keys():
            parts.store.notes.remove(SCOPE, task_id, wait=False)
        return current

    def _muted(self, now_ms: int) -> frozenset[str]:
        mutes = self._parts.store.mutes.list(now_ms)
        return frozenset(mute.task_id for mute in mutes if mute.automation == AUTOMATION)

    def _choose_sink(self) -> Sink:
        chosen = self._parts.settings.sink
        if chosen == "auto":
            chosen = "comment" if self._parts.writer.limited else "fields"
        parts = self._parts
        return Fields() if chosen == "fields" else Comments(parts.store.journal, parts.zone)


def _of_series(unplaced: Iterable[Unplaced]) -> Mapping[str, str]:
    """A line for each field and reason, with one of the series and how many more there are; by what
    stays the same while series come and go.
    """
    by_reason: dict[tuple[str, str], list[Unplaced]] = defaultdict(list)
    for entry in unplaced:
        by_reason[entry.binding.field, entry.why].append(entry)
    return {
        f"{field}: {why}": f"{field}: {several[0].series}{_more(len(several) - 1)}: {why}"
        for (field, why), several in by_reason.items()
    }


def _more(count: int) -> str:
    return f" and {count} more" if count else ""


def _absent(bindings: Iterable[Binding], readings: Readings) -> Iterator[str]:
    for binding in bindings:
        available = readings.get(binding.source, ())
        if available and not any(map(binding.takes, available)):
            suggestion = suggest_word(binding.measure, {reading.measure for reading in available})
            yield f"{binding.field}: {binding.source} gives no {binding.measure!r} now{suggestion}"
