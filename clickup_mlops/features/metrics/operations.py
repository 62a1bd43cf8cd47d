"""Metrics: what sources say, which tasks it concerns, and why a field has its value."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.diagnosis.diagnose import diagnose_parts
from clickup_mlops.features.metrics.diagnosis.model import Advice
from clickup_mlops.features.metrics.diagnosis.numbers import about, groups, select_readings
from clickup_mlops.features.metrics.jobs.bindings import Bound
from clickup_mlops.features.metrics.jobs.owners import Owners
from clickup_mlops.features.metrics.package import MetricsPackage
from clickup_mlops.features.metrics.placement.placing import (
    Placement,
    TaskIndex,
    number_field,
    place,
)
from clickup_mlops.features.metrics.placement.planning import number
from clickup_mlops.features.metrics.quantity import quantities
from clickup_mlops.features.metrics.read.collect import Collected, Collector
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.scrape import NONE
from clickup_mlops.features.metrics.settings import MetricsSettings, kinds
from clickup_mlops.features.metrics.source import Source, SourceTable
from clickup_mlops.spelling import SENTENCE, suggest_word

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.features.metrics.jobs.push import Pushed


@dataclass(frozen=True, slots=True)
class ConfiguredSource:
    """A source of the settings; `measures` are the names of what its kind derives."""

    name: str
    kind: str
    every_s: float
    measures: tuple[str, ...]


def sources(settings: MetricsSettings) -> list[ConfiguredSource]:
    """Those that are configured, by name."""
    by_name = kinds() if settings.sources else {}
    return [
        ConfiguredSource(
            name,
            table.kind,
            table.every.total_seconds(),
            tuple(measure.name for measure in by_name[table.kind].measures),
        )
        for name, table in sorted(settings.sources.items())
    ]


def scrape(
    settings: MetricsSettings,
    names: Sequence[str],
    *,
    now_ms: Callable[[], int],
    wait: Callable[[], None] | None = None,
) -> list[Collected]:
    """What these sources say, or all of them without names.

    Rates need two scrapes: with `wait`, which is called in between, both are made. Sources whose
    numbers are no rates are scraped once.

    Raises:
        InputError: there is no source of that name.
    """
    if not settings.sources and not names:
        return []
    rounds = watch(settings, names, now_ms=now_ms, wait=wait or (lambda: None))
    first = next(rounds)
    return next(rounds) if wait and _has_rates(settings, names) else first


def _has_rates(settings: MetricsSettings, names: Sequence[str] = ()) -> bool:
    """Whether these sources, or any without names, derive numbers from two scrapes."""
    return any(kinds()[settings.sources[name].kind].measures for name in names or settings.sources)


def watch(
    settings: MetricsSettings,
    names: Sequence[str],
    *,
    now_ms: Callable[[], int],
    wait: Callable[[], None],
) -> Iterator[list[Collected]]:
    """What these sources say, again and again, with `wait` in between; rates from the second time.

    Raises:
        InputError: there is no source of that name.
    """
    collector = Collector(settings.sources, kinds, WorldReader())
    chosen = [_check_name(name, settings) for name in names] or sorted(settings.sources)
    while True:
        yield [*collector.scrape_all(chosen, now_ms)]
        wait()


def _check_name(name: str, settings: MetricsSettings) -> str:
    if name not in settings.sources:
        hint = suggest_word(name, settings.sources, SENTENCE, otherwise="See `metrics sources`.")
        raise InputError(f"{name}: no such source in [metrics.sources]", hint=hint)
    return name


def push(bot: "Bot", *, wait: Callable[[], None] | None = None, dry_run: bool = False) -> "Pushed":
    """One pass now. With `wait`, sources are scraped before it too, so that there are rates.

    Raises:
        ClickUpMlopsError: ClickUp or the store is away, or the bot makes a pass just now.
    """
    package = MetricsPackage(bot, dry_run=dry_run)
    if wait and _has_rates(bot.settings.table(MetricsSettings)):
        package.push.scrape()
        wait()
    return package.push_now()


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a field of a task has its value. Times in Unix ms; `now` is what the task shows."""

    field: str
    now: float | None
    written: float | None
    source: str
    measure: str
    summary: str
    labels: str
    origin: str
    sample_ms: int
    written_ms: int
    held_until_ms: int
    aggregate: str = ""
    window_ms: int = 0
    reading: float | None = None
    """The newest value that was read, whether it was worth a call or not."""
    shared: str = ""
    """That other open tasks fit its series, too, in words; empty: none does."""


def explain(bot: "Bot", task_id: str) -> list[Explained]:
    """Of each field that the bot keeps on the task.

    Raises:
        NotFound: there is no such task.
    """
    task = bot.client.tasks.get(task_id)
    by_name, shared = kinds(), Owners(bot.store).shared(task_id)
    tables = bot.settings.table(MetricsSettings).sources
    readings = {
        (series.source, series.measure, series.field): series.last
        for series in bot.store.history.of_task(task_id)
    }
    return [
        Explained(
            value.field,
            _number(task, value.field),
            value.value,
            value.source,
            value.measure,
            _summary(value.measure, tables.get(value.source), by_name),
            value.labels,
            value.origin,
            value.sample_ms,
            value.written_ms,
            value.held_until_ms,
            value.aggregate,
            value.window_ms,
            readings.get((value.source, value.measure, value.field)),
            shared.get(value.field.casefold(), ""),
        )
        for value in bot.store.metric_values.of_task(task_id)
    ]


def _number(task: Task, field: str) -> float | None:
    value = number_field(task, field)
    return number(value) if value else None


def _summary(measure: str, table: SourceTable | None, by_name: Mapping[str, Source[Any]]) -> str:
    """How the measure is derived, or what it means, in words; a raw query explains itself."""
    measures = by_name[table.kind].measures if table else ()
    quantity = quantities().get(measure)
    meaning = f"{quantity.meaning} ({quantity.unit})" if quantity else ""
    return next(
        (
            f"{definition.summary} ({definition.unit})"
            for definition in measures
            if definition.name == measure
        ),
        meaning,
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A binding that would place `series` series on `tasks` tasks without a doubt."""

    field: str
    source: str
    measure: str
    series: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Bindings to propose, and why others that the names suggest are not certain enough."""

    bindings: tuple[Suggestion, ...]
    doubts: tuple[str, ...]


def suggest(bot: "Bot", collected: Sequence[Collected]) -> Suggestions:
    """Bindings whose field's name says the measure and whose series each name one task."""
    tasks = list(bot.client.tasks.in_workspace(bot.workspace_id))
    values = bot.store.metric_values.of_workspace(bot.workspace_id)
    ownership = MetricsPackage(bot).owners.of(values)
    fields = sorted({f.name for task in tasks for f in task.fields if f.type == "number"})
    index = TaskIndex(tasks)
    placements = [
        (binding, place([binding], {source.source: source.readings}, index, ownership))
        for source in collected
        for measure in sorted({reading.measure for reading in source.readings})
        for field in fields
        if means(field, measure)
        for binding in [Binding(field, source.source, measure)]
    ]
    suggestions = (_suggestion(binding, placed) for binding, placed in placements if placed.values)
    doubts = (
        doubt for _binding, placed in placements if not placed.values for doubt in _doubts(placed)
    )
    return Suggestions(tuple(suggestions), tuple(dict.fromkeys(doubts)))


def _suggestion(binding: Binding, placed: Placement) -> Suggestion:
    series = sum(len(value.readings) for value in placed.values.values())
    return Suggestion(binding.field, binding.source, binding.measure, series, len(placed.values))


def _doubts(placed: Placement) -> Iterator[str]:
    for entry in placed.unplaced:
        labels = " ".join(f"{key}={value}" for key, value in entry.labels)
        series = f"{entry.binding.measure} {labels}".strip()
        yield f"{entry.binding.field}: {series} of {entry.binding.source}: {entry.why}"


def means(field: str, measure: str) -> bool:
    """Whether a field's name and a measure's have the same words, in any order and spelling.

    `P99 latency ms` means `latency_p99_ms`; `KV cache %` means `kv_cache_pct`.
    """
    return _words(field) == _words(measure)


def _words(name: str) -> frozenset[str]:
    plain = name.casefold().replace("%", " pct ").replace("/", " per ")
    return frozenset(plain.replace("_", " ").replace("-", " ").split())


@dataclass(frozen=True, slots=True)
class Advised:
    """Advice about one part of a source; `missing` are symptoms that need more numbers."""

    source: str
    where: str
    advice: tuple[Advice, ...]
    missing: tuple[tuple[str, tuple[str, ...]], ...]


def advise(collected: Iterable[Collected], facts: Collection[str]) -> Iterator[Advised]:
    """What the numbers of each source say, by port, model or replica."""
    for source in collected:
        diagnoses = diagnose_parts(groups(source.readings), NONE, facts)
        for labels, diagnosis in sorted(diagnoses, key=lambda part: about(part[0])):
            missing = tuple((symptom.title, absent) for symptom, absent in diagnosis.missing)
            yield Advised(source.source, about(labels), diagnosis.advice, missing)


def bound(bot: "Bot") -> Bound:
    """The bindings that hold now, and what of the settings cannot hold."""
    return MetricsPackage(bot).bound()


@dataclass(frozen=True, slots=True)
class Concern:
    """A task, and by which binding of each source it got a value."""

    task: Task
    bindings: Mapping[str, Binding]

    def part(self, collected: Collected) -> Collected:
        """What of a source's numbers is about the task: not those of other models or hosts."""
        binding = self.bindings[collected.source]
        return replace(
            collected, readings=tuple(select_readings(self.task, binding, collected.readings))
        )


def concern(bot: "Bot", task_id: str) -> Concern:
    """Of the sources whose numbers the task has, as far as they are configured.

    Raises:
        InputError: there are none. NotFound: there is no such task.
    """
    sources = {
        (binding.field.casefold(), binding.source)
        for binding in bot.store.metric_values.of_task(task_id)
    }
    hold = bound(bot)
    bindings = {
        binding.source: binding
        for binding in hold.bindings
        if binding.source in hold.sources and (binding.field.casefold(), binding.source) in sources
    }
    if not bindings:
        raise InputError(
            f"{task_id}: no field of the task comes from a source",
            hint="`clickup-mlops metrics push --dry-run` shows what would be written.",
        )
    return Concern(bot.client.tasks.get(task_id), bindings)
