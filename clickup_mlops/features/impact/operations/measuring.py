"""Measuring what changed between two periods. Makes no API calls."""

from collections.abc import Mapping
from dataclasses import dataclass

from clickup_mlops import registry
from clickup_mlops.features.impact import evidence, measures
from clickup_mlops.features.impact.compare import compare, find_coinciding
from clickup_mlops.features.impact.model import Coinciding, Effect, Evidence, Measure
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

    @property
    def known(self) -> list[Effect]:
        """Those that could be compared."""
        return [effect for effect in self.effects if effect.change is not None]


def load_measures() -> dict[str, Measure]:
    """By name, in their order. Raises ConfigError: a file defines none."""
    found: dict[str, Measure] = registry.find(measures, "MEASURE")
    return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0])))


def measure_periods(store: Store, workspace: str, before: Period, now: Period) -> Impact:
    """Both periods from the bot's store."""
    old, new = (
        evidence.of_store(store, workspace, period.start_ms, period.end_ms)
        for period in (before, now)
    )
    return measure(old, new, before.name, now.name)


def measure_against_export(
    store: Store, workspace: str, export: Evidence, tool: str, now: Period
) -> Impact:
    """The old tool's export, and a period from the bot's store. Its Lists are other places: tasks
    are alike by workload.
    """
    new = evidence.of_store(store, workspace, now.start_ms, now.end_ms)
    return measure(export, evidence.without_places(new), f"the export of {tool}", now.name)


def measure(before: Evidence, now: Evidence, baseline: str, period: str) -> Impact:
    """All measures."""
    types = load_measures()
    effects = tuple(
        compare(name, [*type_.collect(before)], [*type_.collect(now)])
        for name, type_ in types.items()
    )
    return Impact(baseline, period, effects, tuple(find_coinciding(before, now)), types)
