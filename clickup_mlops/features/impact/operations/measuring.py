"""Measuring what changed between two periods. Makes no API calls."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from clickup_mlops import registry
from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.discovery.settings import SurveySettings
from clickup_mlops.features.impact import evidence, measures
from clickup_mlops.features.impact.compare import compare, find_coinciding
from clickup_mlops.features.impact.evidence import RangeHours
from clickup_mlops.features.impact.model import Answers, Coinciding, Effect, Evidence, Measure
from clickup_mlops.features.impact.operations.surveys import read_round
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.ports.sections.model import Period
from clickup_mlops.store import Store


@dataclass(frozen=True, slots=True)
class Impact:
    """The effects of all measures, in their order; `baseline` and `period` in words."""

    baseline: str
    period: str
    effects: tuple[Effect, ...]
    coinciding: tuple[Coinciding, ...]
    measures: Mapping[str, Measure]
    problems: tuple[str, ...] = ()
    """What could not be read, a sentence each."""

    @property
    def known(self) -> list[Effect]:
        """Those that could be compared."""
        return [effect for effect in self.effects if effect.change is not None]


def load_measures() -> dict[str, Measure]:
    """By name, in their order. Raises ConfigError: a file defines none."""
    found: dict[str, Measure] = registry.find(measures, "MEASURE")
    return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0])))


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the bot's store: a Prometheus, and two rounds of the survey."""

    ranges: RangeHours | None = None
    answers: tuple[Answers, Answers] = ((), ())
    """Of the period before, and of this one: role and friction of each person."""

    def added_to(self, before: Evidence, now: Evidence) -> tuple[Evidence, Evidence]:
        """Both periods with it."""
        pairs = zip((before, now), self.answers, strict=True)
        old, new = (replace(period, answers=answers) for period, answers in pairs)
        return (self.ranges.added_to(old), self.ranges.added_to(new)) if self.ranges else (old, new)


NOTHING_BESIDE: Final = Beside()


def measure_periods(
    store: Store, workspace: str, before: Period, now: Period, beside: Beside = NOTHING_BESIDE
) -> Impact:
    """Both periods from the bot's store, and what is known beside."""
    old, new = (
        evidence.of_store(store, workspace, period.start_ms, period.end_ms)
        for period in (before, now)
    )
    return measure(old, new, before.name, now.name, beside)


def measure_against_export(
    store: Store,
    workspace: str,
    export: Evidence,
    tool: str,
    now: Period,
    *,
    beside: Beside = NOTHING_BESIDE,
) -> Impact:
    """The old tool's export, and a period from the bot's store. Its Lists are other places: tasks
    are alike by workload.
    """
    new = evidence.of_store(store, workspace, now.start_ms, now.end_ms)
    baseline = f"the export of {tool}"
    return measure(export, evidence.without_places(new), baseline, now.name, beside)


def measure(
    before: Evidence, now: Evidence, baseline: str, period: str, beside: Beside = NOTHING_BESIDE
) -> Impact:
    """All measures."""
    types = load_measures()
    before, now = beside.added_to(before, now)
    effects = tuple(
        compare(name, [*type_.collect(before)], [*type_.collect(now)])
        for name, type_ in types.items()
    )
    coinciding = tuple(find_coinciding(before, now))
    problems = tuple(beside.ranges.problems) if beside.ranges else ()
    return Impact(baseline, period, effects, coinciding, types, problems)


def find_beside(settings: Settings, rounds: tuple[Path, Path] | None = None) -> Beside:
    """What the settings and files have. Raises ContentError, InputError: a file cannot be used."""
    sources = settings.table(MetricsSettings).sources
    has_ranges = any(source.kind == "prometheus" for source in sources.values())
    folder = settings.table(SurveySettings).folder
    before, now = (read_round(path, folder) for path in rounds) if rounds else ((), ())
    return Beside(RangeHours(sources, WorldReader()) if has_ranges else None, (before, now))
