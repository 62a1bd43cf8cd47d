"""What each source said last, and which fields its values belong into."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.jobs.advice import Readings
from clickup_mlops.features.metrics.jobs.bindings import Bound
from clickup_mlops.features.metrics.jobs.recording import Recording
from clickup_mlops.features.metrics.placement.owners import NOTHING_KNOWN, Known
from clickup_mlops.features.metrics.placement.placing import (
    Placed,
    Placement,
    TaskIndex,
    place,
)
from clickup_mlops.features.metrics.placement.planning import STALE_AFTER, Limit, set_aside_unsure
from clickup_mlops.features.metrics.read.collect import Collected
from clickup_mlops.features.metrics.settings import MetricsSettings


@dataclass(slots=True)
class _Source:
    """What a source said last, and a placement for each of its bindings, by the binding's place."""

    collected: Collected
    placements: Mapping[int, Placement] = field(default_factory=dict)


class Board:
    """Of one thread. A source's bindings are placed when it was read, or when tasks changed."""

    def __init__(
        self,
        settings: MetricsSettings,
        limit: Limit,
        record_source_contact: Callable[[str], object],
        recording: Recording | None,
    ) -> None:
        self._settings, self._limit, self._recording = settings, limit, recording
        self._record_source_contact = record_source_contact
        self._sources: dict[str, _Source] = {}
        self._tasks, self._ownership = TaskIndex(()), NOTHING_KNOWN
        self.bound = Bound((), {})

    def use(self, bound: Bound, tasks: Iterable[Task], ownership: Known) -> None:
        """From now on these bindings hold, and these are the tasks."""
        self.bound, self._ownership = bound, ownership
        self._tasks = TaskIndex(tasks, self._tasks)
        for source in self._sources.values():
            source.placements = self._place(source.collected)

    def add(self, collected: Collected) -> Sequence[Placed]:
        """What a source said. Gives the values of fields in it."""
        if collected.problems and not collected.readings:
            return ()
        name = collected.source
        source = self._sources[name] = _Source(collected, self._place(collected))
        self._record_source_contact(f"metrics:{name}")
        values = [*_merge(source.placements).values.values()]
        if self._recording:
            self._recording.record(values, [collected])
        return values

    def placement(self, now_ms: int) -> Placement:
        """Of all sources that are not silent for too long. Of two bindings for one field of a task
        the earlier one holds.
        """
        placements = {
            number: placement
            for name in self.fresh(now_ms)
            for number, placement in self._sources[name].placements.items()
        }
        return _merge(placements)

    def fresh(self, now_ms: int) -> frozenset[str]:
        """The sources whose readings are not too old to be written."""
        return frozenset(
            name
            for name, source in self._sources.items()
            if name in self.bound.sources
            and now_ms - source.collected.at_ms < self.longest_ms(name)
        )

    def readings(self, now_ms: int) -> Readings:
        """What those said."""
        return {name: self._sources[name].collected.readings for name in self.fresh(now_ms)}

    def longest_ms(self, source: str) -> int:
        """How old a reading of the source may be. A source that is gone has no interval."""
        table = self.bound.sources.get(source)
        return STALE_AFTER * to_ms(table.every if table else self._settings.push_every)

    def _place(self, collected: Collected) -> Mapping[int, Placement]:
        return dict(self._placements(collected))

    def _placements(self, collected: Collected) -> Iterator[tuple[int, Placement]]:
        readings = {collected.source: collected.readings}
        for number, binding in enumerate(self.bound.bindings):
            if binding.source == collected.source:
                placement = place([binding], readings, self._tasks, self._ownership)
                set_aside_unsure(placement, self._limit)
                yield number, placement


def _merge(placements: Mapping[int, Placement]) -> Placement:
    merged = Placement()
    for _number, placement in sorted(placements.items()):
        for key, value in placement.values.items():
            merged.values.setdefault(key, value)
        merged.unplaced += placement.unplaced
        merged.unsure += placement.unsure
        merged.shared += placement.shared
    return merged
