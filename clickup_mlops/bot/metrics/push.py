"""One pass: scrape what is due, place readings on tasks, write what is worth a call.

A pass that is cut off loses nothing: the next one sees what the tasks show, and the journal's open
writes are reconciled first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from clickup_mlops import logs
from clickup_mlops.automations.perform import OPEN, ExecutorContext, State, perform
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.handling.mirrored_client import show
from clickup_mlops.bot.metrics.advice import Adviser
from clickup_mlops.bot.metrics.bindings import Bound
from clickup_mlops.bot.metrics.sinks import AUTOMATION, Comments, Fields, Sink, Wanted
from clickup_mlops.bot.metrics.tasks import BoundTasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ClickUpMlopsError, PlanLimit, Unauthorized
from clickup_mlops.metrics import planning
from clickup_mlops.metrics.bindings import Binding
from clickup_mlops.metrics.collect import Collected, Collector
from clickup_mlops.metrics.placing import Placed, Placement, Unplaced, place
from clickup_mlops.metrics.planning import STALE_AFTER, Last, Limit, Write
from clickup_mlops.metrics.scrape import Reading
from clickup_mlops.metrics.settings import MetricsSettings
from clickup_mlops.spelling import did_you_mean
from clickup_mlops.store import Store
from clickup_mlops.store.tables.metric_values import MetricValue

LANE = "cron:metrics"

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a pass did. `written` are writes with their outcome, `bindings` how many hold; `absent`
    are measures that a source did not give, though it gave others: idle, or misspelt.
    """

    collected: tuple[Collected, ...]
    written: tuple[tuple[Write, State], ...]
    unplaced: tuple[Unplaced, ...]
    problems: tuple[str, ...]
    bindings: int = 0
    absent: tuple[str, ...] = ()

    @property
    def done(self) -> int:
        """Values that ClickUp has now."""
        return sum(state == "done" for _write, state in self.written)


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
        context: ExecutorContext,
        limit: Limit,
        workspace: str,
        clock: Clock,
    ) -> None:
        self._store, self._settings, self._collector = store, settings, collector
        self._bound, self._tasks, self._context = bound, tasks, context
        self._limit, self._workspace, self._clock = limit, workspace, clock
        self._adviser = Adviser(store, settings.facts)
        self._newest: dict[str, Collected] = {}
        self._reported: set[str] = set()

    def run(self) -> Pushed:
        """Scrapes, places, writes.

        Raises:
            ClickUpMlopsError: ClickUp or the store is away; the next pass goes on.
        """
        bound, now = self._bound(), self._clock()
        collected = self._scrape(bound, now)
        problems = (*bound.problems, *(f"{c.source}: {p}" for c in collected for p in c.problems))
        if not bound.bindings:
            return Pushed(collected, (), (), problems)
        known = {one.key: one for one in self._store.metric_values.of_workspace(self._workspace)}
        sink = self._sink()
        tasks = sink.shown(self._tasks.all(bound.bindings, now).values(), known)
        readings = self._readings(now, bound)
        placement = place(bound.bindings, readings, list(tasks.values()))
        writes = self._plan(bound, placement, tasks, known, now)
        written = tuple(self._write(sink.wanted(writes, known, now), now))
        self._remember(placement, known, written, now)
        self._advise(placement, readings, now)
        unplaced = tuple(placement.unplaced)
        absent = tuple(_absent(bound.bindings, readings))
        return Pushed(collected, written, unplaced, problems, len(bound.bindings), absent)

    def scrape(self) -> None:
        """Only scrape: the next pass has rates then."""
        self._collector.tables = self._bound().sources
        for name in self._collector.tables:
            self._collector.scrape(name, self._clock())

    def _scrape(self, bound: Bound, now_ms: int) -> tuple[Collected, ...]:
        self._collector.tables = bound.sources
        due = [
            name
            for name, table in bound.sources.items()
            if name not in self._newest
            or now_ms - self._newest[name].at_ms >= to_ms(table.every) - 1_000
        ]
        found = tuple(self._collector.scrape(name, now_ms) for name in due)
        for one in found:
            if one.readings or not one.problems:
                self._newest[one.source] = one
        return found

    def _readings(self, now_ms: int, bound: Bound) -> Mapping[str, Sequence[Reading]]:
        """Of each source, unless it is silent for too long."""
        return {
            name: one.readings
            for name, one in self._newest.items()
            if name in bound.sources
            and now_ms - one.at_ms < STALE_AFTER * to_ms(bound.sources[name].every)
        }

    def _plan(
        self,
        bound: Bound,
        placement: Placement,
        tasks: Mapping[str, Task],
        known: Mapping[planning.Key, MetricValue],
        now_ms: int,
    ) -> list[Write]:
        last = {key: _last(value) for key, value in known.items()}
        placed = [one for one in placement.values.values() if not self._muted(one.task, now_ms)]
        longest = max((to_ms(table.every) for table in bound.sources.values()), default=0)
        silent = {key: one for key, one in last.items() if key not in placement.values}
        names = {key: known[key].field for key in silent}
        stale = planning.stale(tasks, silent, names, now_ms - STALE_AFTER * longest)
        return [*stale, *planning.plan(placed, last, now_ms, self._limit)]

    def _muted(self, task: Task, now_ms: int) -> bool:
        return AUTOMATION in self._store.mutes.of(task.id, now_ms)

    def _sink(self) -> Sink:
        chosen = self._settings.sink
        if chosen == "auto":
            chosen = "comment" if self._store.cursors.get(self._limited) else "fields"
        return Fields() if chosen == "fields" else Comments(self._store.journal)

    @property
    def _limited(self) -> str:
        """Name of the cursor that is set once the plan has no uses of custom fields left."""
        return f"metrics:limited:{self._workspace}"

    def _write(self, wanted: Iterable[Wanted], now_ms: int) -> list[tuple[Write, State]]:
        found: list[tuple[Write, State]] = []
        for one in wanted:
            state = self._attempt(one, now_ms)
            found += [(write, state) for write in one.writes]
            if state == "capped":
                break  # the rest is worth less, and waits
        return found

    def _attempt(self, one: Wanted, now_ms: int) -> State:
        action = one.action(f"{LANE}:{now_ms}", self._settings.writes_per_hour)
        try:
            state = perform(action, self._context, self._clock(), lane=LANE).state
        except (*OPEN, Unauthorized):
            raise
        except ClickUpMlopsError as problem:
            _log.warning("metric_refused", task=action.task_id, text=str(problem))
            if isinstance(problem, PlanLimit) and self._settings.sink == "auto":
                _log.warning("metrics_sink", text="From now on values go into a comment.")
                self._store.cursors.set(self._limited, str(now_ms))
                return "capped"
            return "refused"
        if state == "done":
            show([action], self._store, self._context)
        return state

    def _advise(
        self, placement: Placement, readings: Mapping[str, Sequence[Reading]], now_ms: int
    ) -> None:
        if not self._settings.advise:
            return
        placed = [one for one in placement.values.values() if not self._muted(one.task, now_ms)]
        for news in self._adviser.news(placed, readings):
            if self._attempt(Wanted(news.task.id, news.change), now_ms) == "done":
                self._adviser.remember(news, now_ms)

    def _remember(
        self,
        placement: Placement,
        known: Mapping[planning.Key, MetricValue],
        written: Sequence[tuple[Write, State]],
        now_ms: int,
    ) -> None:
        """What is in the fields now, and when its reading was made."""
        done = {write.key: write for write, state in written if state == "done"}
        values = [self._value(one, known, done, now_ms) for one in placement.values.values()]
        cleared = [
            replace(known[key], value=None, written_ms=now_ms)
            for key, write in done.items()
            if write.reason == "stale"
        ]
        news = (one for one in values if one is not None and one != known.get(one.key))
        self._store.metric_values.put_many([*news, *cleared])

    def _value(
        self,
        one: Placed,
        known: Mapping[planning.Key, MetricValue],
        done: Mapping[planning.Key, Write],
        now_ms: int,
    ) -> MetricValue | None:
        before = known.get(one.key)
        if before and planning.taken_over(one, _last(before)):
            held_until_ms = now_ms + to_ms(self._settings.person_keeps)
            _log.info("metric_left_to_person", task=one.task.id, field=one.field.name)
            return replace(before, held_until_ms=held_until_ms)
        write = done.get(one.key)
        if write is None:
            return before.at(one.at_ms) if before else None
        return MetricValue(
            *one.key,
            self._workspace,
            one.field.name,
            write.after,
            one.binding.source,
            one.binding.measure,
            _labels(one.readings),
            one.binding.origin,
            one.at_ms,
            now_ms,
        )

    def report(self, pushed: Pushed) -> None:
        """Log what a pass could not read or place: each once, until it is over."""
        lines = {*pushed.problems, *(f"{one.binding.field}: {one.why}" for one in pushed.unplaced)}
        for line in sorted(lines - self._reported):
            _log.warning("metrics_problem", text=line)
        self._reported = lines


def _absent(
    bindings: Iterable[Binding], readings: Mapping[str, Sequence[Reading]]
) -> Iterator[str]:
    for one in bindings:
        there = readings.get(one.source, ())
        if there and not any(map(one.takes, there)):
            meant = did_you_mean(one.measure, {reading.measure for reading in there})
            yield f"{one.field}: {one.source} gives no {one.measure!r} now{meant}"


def _last(value: MetricValue) -> Last:
    return Last(value.value, value.written_ms, value.sample_ms, value.held_until_ms)


def _labels(readings: Sequence[Reading]) -> str:
    one = sorted(readings, key=lambda reading: sorted(reading.labels))[0]
    shown = ", ".join(f"{key}={value}" for key, value in sorted(one.labels))
    return shown if len(readings) == 1 else f"{shown} and {len(readings) - 1} more"
