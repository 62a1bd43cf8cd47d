"""One pass: scrape what is due, place readings on tasks, write what is worth a call.

A pass that is cut off loses nothing: the journal's open writes are reconciled first, and what it
wrote without storing it is learnt from the journal.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from clickup_mlops import logs
from clickup_mlops.automations.perform import State
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.jobs.advice import SCOPE, Adviser, Readings
from clickup_mlops.features.metrics.jobs.bindings import Bound
from clickup_mlops.features.metrics.jobs.owners import Owners
from clickup_mlops.features.metrics.jobs.recording import Recording
from clickup_mlops.features.metrics.jobs.sinks import (
    AUTOMATION,
    Comments,
    Fields,
    Sink,
    WriteRequest,
)
from clickup_mlops.features.metrics.jobs.stored_values import StoredFields
from clickup_mlops.features.metrics.jobs.tasks import BoundTasks
from clickup_mlops.features.metrics.jobs.writer import Writer
from clickup_mlops.features.metrics.placement import planning
from clickup_mlops.features.metrics.placement.placing import Placement, Shared, Unplaced, place
from clickup_mlops.features.metrics.placement.planning import STALE_AFTER, Key, Limit, Write
from clickup_mlops.features.metrics.read.collect import Collected, Collector
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.spelling import suggest_word
from clickup_mlops.store import Store

_LEFT_OVER = 50
"""Tasks out of reach that are read in one pass, a call each, to clear their fields."""

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

    @property
    def written_count(self) -> int:
        """Values that ClickUp has now."""
        return sum(state == "done" for _write, state in self.writes)


class Push:
    """`run` is one pass; one at a time. `bound` gives the bindings that hold now."""

    def __init__(
        self,
        store: Store,
        settings: MetricsSettings,
        collector: Collector,
        bound: Callable[[], Bound],
        *,
        tasks: BoundTasks,
        writer: Writer,
        limit: Limit,
        owners: Owners,
        workspace: str,
        clock: Clock,
        record_source_contact: Callable[[str], object] = lambda _source: None,
        recording: Recording | None = None,
    ) -> None:
        self._record_source_contact, self._recording = record_source_contact, recording
        self._store, self._settings, self._collector = store, settings, collector
        self._bound, self._tasks, self._writer = bound, tasks, writer
        self._limit, self._workspace, self._clock = limit, workspace, clock
        self._owners = owners
        self._adviser = Adviser(store, settings.facts, to_ms(settings.advice_over_after))
        self._newest: dict[str, Collected] = {}
        self._messages: dict[str, tuple[str, ...]] = {}
        self._reported: set[str] = set()

    def run(self) -> Pushed:
        """Scrapes, places, writes.

        Raises:
            ClickUpMlopsError: ClickUp or the store is away; the next pass goes on.
        """
        bound = self._bound()
        collected = self._scrape(bound)
        now, sink = self._clock(), self._sink()
        stored = StoredFields(self._store, self._workspace, now, dry=self._writer.context.shadow)
        readings = self._readings(now, bound)
        ownership = self._owners.of(stored.known.values())
        placement = place(bound.bindings, readings, self._tasks.last_read, ownership)
        try:
            tasks = dict(sink.show(self._tasks.all(bound.bindings, now).values(), stored.known))
            placement = place(bound.bindings, readings, list(tasks.values()), ownership)
            planning.set_aside_unsure(placement, self._limit)
            writes = self._bring(bound, placement, readings, tasks, stored)
        finally:
            if self._recording:
                self._recording.record(placement.values.values(), collected)
        problems = (*bound.problems, *(f"{c.source}: {p}" for c in collected for p in c.problems))
        remarks = (f"{source.source}: {source.remark}" for source in collected if source.remark)
        absent = (*remarks, *_absent(bound.bindings, readings))
        unplaced, shared = tuple(placement.unplaced), tuple(placement.shared)
        if not self._writer.context.shadow:
            self._owners.note(shared, now)
        return Pushed(collected, writes, unplaced, problems, len(bound.bindings), absent, shared)

    def _bring(
        self,
        bound: Bound,
        placement: Placement,
        readings: Readings,
        tasks: dict[str, Task],
        stored: StoredFields,
    ) -> tuple[tuple[Write, State], ...]:
        """To ClickUp: values, then advice."""
        now, sink = stored.now_ms, self._sink()
        muted = {
            mute.task_id for mute in self._store.mutes.list(now) if mute.automation == AUTOMATION
        }
        stored.recall(placement.values, tasks)
        stored.saw(placement.values.values(), to_ms(self._settings.override_duration))
        silent = self._silent(bound, placement, readings, stored, now)
        tasks |= self._unbound_tasks(silent, tasks, stored, muted, sink)
        stale = planning.stale(
            tasks, {key: stored.last[key] for key in silent & stored.known.keys()}
        )
        news = planning.plan(placement.values.values(), stored.last, now, self._limit)
        writes = [write for write in (*stale, *news) if write.task.id not in muted]
        results = tuple(self._write(sink.requests(writes, stored.known, now), placement, stored))
        self._advise(tasks, placement, readings, muted)
        return results

    def scrape(self) -> None:
        """Only scrape: the next pass has rates then."""
        self._collector.tables = self._bound().sources
        self._collector.scrape_all([*self._collector.tables], self._clock)

    def _scrape(self, bound: Bound) -> tuple[Collected, ...]:
        self._collector.tables, now = bound.sources, self._clock()
        due = [
            name
            for name, table in bound.sources.items()
            if name not in self._newest
            or now - self._newest[name].at_ms >= to_ms(table.every) - 1_000
        ]
        collected = self._collector.scrape_all(due, self._clock)
        for source in collected:
            if source.readings or not source.problems:
                self._newest[source.source] = source
                self._record_source_contact(f"metrics:{source.source}")
        return collected

    def _readings(self, now_ms: int, bound: Bound) -> Readings:
        """Of each source, unless it is silent for too long."""
        return {
            name: newest.readings
            for name, newest in self._newest.items()
            if name in bound.sources and now_ms - newest.at_ms < self._longest_ms(bound, name)
        }

    def _longest_ms(self, bound: Bound, source: str) -> int:
        """How old a reading of the source may be. A source that is gone has no interval."""
        table = bound.sources.get(source)
        interval = max(table.every, self._settings.push_every) if table else None
        return STALE_AFTER * to_ms(interval or self._settings.push_every)

    def _silent(
        self,
        bound: Bound,
        placement: Placement,
        readings: Readings,
        stored: StoredFields,
        now_ms: int,
    ) -> set[Key]:
        """Fields with a value whose newest reading is too old."""
        return {
            key
            for key, value in stored.known.items()
            if value.value is not None
            and key not in placement.values
            and now_ms - value.sample_ms >= self._longest_ms(bound, value.source)
            # A first scrape after a start says nothing of rates.
            and (value.source not in readings or self._collector.has_rates(value.source))
        }

    def _unbound_tasks(
        self,
        silent: Collection[Key],
        tasks: Mapping[str, Task],
        stored: StoredFields,
        muted: Collection[str],
        sink: Sink,
    ) -> Mapping[str, Task]:
        """The tasks of fields to which nothing is bound any more. What is not there is forgotten,
        and so is what a person has changed: it is theirs.
        """
        out_of_reach = {key[0] for key in silent} - tasks.keys() - set(muted)
        ids = sorted(out_of_reach)[:_LEFT_OVER]
        existing_tasks = [task for task_id in ids if (task := self._tasks.read(task_id))]
        current = sink.show(existing_tasks, stored.known)
        theirs = {key: stored.last[key] for key in silent if key[0] in ids}
        ours = {write.key for write in planning.stale(current, theirs)}
        for key in theirs.keys() - ours:
            stored.forget(key)
        for task_id in set(ids) - current.keys():
            self._store.notes.remove(SCOPE, task_id, wait=False)
        return current

    def _sink(self) -> Sink:
        chosen = self._settings.sink
        if chosen == "auto":
            chosen = "comment" if self._writer.limited else "fields"
        return Fields() if chosen == "fields" else Comments(self._store.journal)

    def _write(
        self, requests: Iterable[WriteRequest], placement: Placement, stored: StoredFields
    ) -> Iterator[tuple[Write, State]]:
        for request in requests:
            state = self._writer.write(request)
            for write in request.writes:
                if state == "done":
                    stored.wrote(write, placement.values.get(write.key), self._clock())
                yield write, state
            if state == "capped":
                return  # the rest is worth less, and waits

    def _advise(
        self,
        tasks: Mapping[str, Task],
        placement: Placement,
        readings: Readings,
        muted: Collection[str],
    ) -> None:
        if not self._settings.advise:
            return
        unmuted = {key: task for key, task in tasks.items() if key not in muted}
        candidates = (*placement.values.values(), *placement.unsure)
        placed = [value for value in candidates if value.task.id in unmuted]
        for news in self._adviser.news(unmuted, placed, readings, self._clock()):
            state = self._writer.write(WriteRequest(news.task.id, news.change))
            if state == "done":
                self._adviser.remember(news, self._workspace, self._clock())
            if state == "capped":
                return

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
