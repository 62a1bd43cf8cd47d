"""The fields that the bot keeps: what it wrote into each, and whose each is now.

The store says so; where a pass was cut off before it could store what it wrote, the journal does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from clickup_mlops import logs
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.jobs.sinks import AUTOMATION
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.placement.planning import (
    Key,
    Last,
    Write,
    field_of,
    is_same,
    number,
    taken_over,
)
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.pace import paced
from clickup_mlops.store import Store
from clickup_mlops.store.tables.metric_values import MetricValue

_log = logs.get()


class StoredFields:
    """Of one pass, at `now_ms`. `dry`: nothing is stored. `window_ms`: of a source, by its name."""

    def __init__(
        self,
        store: Store,
        workspace: str,
        now_ms: int,
        *,
        dry: bool,
        window_ms: Callable[[str], int] = lambda _source: 0,
    ) -> None:
        self._window_ms = window_ms
        self._values, self._journal, self._workspace = store.metric_values, store.journal, workspace
        self.now_ms, self._dry = now_ms, dry
        self.known = {value.key: value for value in self._values.of_workspace(workspace)}

    @property
    def last(self) -> Mapping[Key, Last]:
        """As planning wants it."""
        return {key: _last(value) for key, value in self.known.items()}

    def recall(self, placed: Mapping[Key, Placed], tasks: Mapping[str, Task]) -> None:
        """Learn of writes that were not stored any more. Else they would look like a person's."""
        learnt: list[MetricValue] = []
        for key in paced(placed.keys() | self.known.keys()):
            before, field = self.known.get(key), field_of(tasks.get(key[0]), key[1])
            value = number(field) if field else None
            if value is None or (before and (before.held_until_ms or is_same(before.value, value))):
                continue
            if self._wrote(key, value):
                reading = placed.get(key)
                stored = self._create_value(reading, value) if reading else self.known[key]
                learnt.append(replace(stored, value=value))
        self._store(learnt)

    def saw(self, placed: Iterable[Placed], keeps_ms: int, now_ms: int) -> None:
        """Newer readings; and fields that a person has changed, who has them for `keeps_ms`."""
        news = []
        for reading in paced(placed):
            if before := self.known.get(reading.key):
                after = before.at(reading.at_ms)
                if taken_over(reading, _last(before)):
                    _log.info(
                        "metric_left_to_person", task=reading.task.id, field=reading.field.name
                    )
                    after = replace(after, held_until_ms=now_ms + keeps_ms)
                news += [after] if after != before else []
        self._store(news)

    def wrote(self, write: Write, reading: Placed | None, now_ms: int) -> None:
        """It is done. Stored together with the journal's word on that."""
        stored = self._create_value(reading, write.after) if reading else self.known[write.key]
        after = replace(stored, value=write.after, written_ms=now_ms)
        self.known[write.key] = after
        self._values.put_many([after], wait=False)

    def forget(self, key: Key) -> None:
        """The field is gone, or nothing is bound to it any more and it is a person's."""
        del self.known[key]
        if not self._dry:
            self._values.remove(key)

    def _store(self, news: Sequence[MetricValue]) -> None:
        self.known |= {value.key: value for value in news}
        if not self._dry:
            self._values.put_many(news)

    def _wrote(self, key: Key, value: float) -> bool:
        row = self._journal.latest_done(key[0], f"field:{key[1]}")
        if row is None or row.automation != AUTOMATION:
            return False
        return is_same(row.after["value"], value)

    def _create_value(self, placed: Placed, value: float | None) -> MetricValue:
        return MetricValue(
            *placed.key,
            self._workspace,
            placed.field.name,
            value,
            placed.binding.source,
            placed.binding.measure,
            _labels(placed.readings),
            placed.binding.origin,
            placed.at_ms,
            self.now_ms,
            aggregate=_describe_aggregate(placed),
            window_ms=self._window_ms(placed.binding.source),
        )


def _last(value: MetricValue) -> Last:
    return Last(value.value, value.sample_ms, value.held_until_ms, value.written_ms)


def _describe_aggregate(placed: Placed) -> str:
    several = len(placed.readings)
    return f"{placed.binding.of} of {several} series" if several > 1 else ""


def _labels(readings: Sequence[Reading]) -> str:
    first = min(readings, key=lambda reading: sorted(reading.labels))
    # What others wrote: PostgreSQL refuses some characters.
    text = logs.escape_controls(", ".join(f"{key}={value}" for key, value in sorted(first.labels)))
    return text if len(readings) == 1 else f"{text} and {len(readings) - 1} more"
