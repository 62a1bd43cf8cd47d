"""What a source said at one time: series and their values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeVar

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.pace import paced

MOST_SERIES: Final = 20_000
"""Of one source at one time. Each costs about 50 µs of processor time and 2 kB."""


class TooManySeries(ClickUpMlopsError):
    """A source has more series than are read from one."""


Labels = frozenset[tuple[str, str]]
"""A series' labels. Those of one name differ in at least one value."""
NONE: Labels = frozenset()


def labels(**values: str) -> Labels:
    """The labels of a series, from keyword arguments."""
    return frozenset(values.items())


FRESH_MS: Final = 300_000
"""What says of itself that it is older is left out, as Prometheus does."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one series. `at_ms` is its own time, if the source says one; 0: the scrape's."""

    name: str
    labels: Labels
    value: float
    at_ms: int = 0


@dataclass(frozen=True)
class Scrape:
    """All samples of one source at one time, in Unix milliseconds. One value per series.

    `problems` has a sentence for each part that could not be read, `remark` one about what was read
    and looks odd. Of a fleet, `parts` are scrapes by the labels of their targets, and `samples` are
    empty.
    """

    at_ms: int
    samples: tuple[Sample, ...]
    problems: tuple[str, ...] = ()
    remark: str = ""
    parts: Mapping[Labels, "Scrape"] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Mapping[Labels, float]]:
        """Values by name and labels."""
        by_name: dict[str, dict[Labels, float]] = defaultdict(dict)
        for sample in self.samples:
            by_name[sample.name][sample.labels] = sample.value
        return by_name

    @cached_property
    def own_times(self) -> Mapping[tuple[str, Labels], int]:
        """Times that samples say themselves, in Unix ms, by name and labels."""
        return {(entry.name, entry.labels): entry.at_ms for entry in self.samples if entry.at_ms}

    @property
    def newest_ms(self) -> int:
        """The newest sample's time: the scrape's own, unless all say theirs."""
        times = self.own_times
        return max(times.values()) if times and len(times) == len(self.samples) else self.at_ms

    def groups(self, by: tuple[str, ...]) -> Mapping[Labels, "Scrape"]:
        """One scrape for each combination of values of these labels.

        A series that lacks one of them belongs to no group.
        """
        by_labels: dict[Labels, list[Sample]] = defaultdict(list)
        for sample in paced(self.samples):
            chosen = frozenset(pair for pair in sample.labels if pair[0] in by)
            if len(chosen) == len(by):
                by_labels[chosen].append(sample)
        return {key: Scrape(self.at_ms, tuple(samples)) for key, samples in by_labels.items()}


@dataclass(frozen=True, slots=True)
class Window:
    """Two scrapes of one source. Without an earlier one no rate is known."""

    now: Scrape
    before: Scrape | None = None

    @property
    def seconds(self) -> float:
        """Length, in seconds; 0 without an earlier scrape."""
        return (self.now.at_ms - self.before.at_ms) / 1000 if self.before else 0.0

    def parts(self) -> Iterator[tuple[Labels, "Window"]]:
        """Of a fleet a window for each target, with its labels; else the window itself."""
        if not self.now.parts:
            yield NONE, self
        for key, now in self.now.parts.items():
            yield key, Window(now, self.before.parts.get(key) if self.before else None)

    def seconds_of(self, name: str, key: Labels) -> float:
        """Between both values of a series: the window's length, unless they say their own times.

        0: nothing new came, so what happened meanwhile is not known.
        """
        now = self.now.own_times.get((name, key))
        before = self.before.own_times.get((name, key)) if self.before else None
        return self.seconds if now is None or before is None else (now - before) / 1000

    def values(self, *names: str) -> Mapping[Labels, float]:
        """Values now of the first of these names that is there; empty if none is."""
        return next((self.now.by_name[name] for name in names if name in self.now.by_name), {})

    def pairs(self, *names: str, lazy: bool = False) -> Iterator[tuple[Labels, float, float]]:
        """Labels, value before and now, of each series of the first name that is there.

        A series that is new since the scrape before is left out: how it came to its value, and
        since when, is not known. `lazy`: it was 0, as the server shows a series with its first
        event.
        """
        if self.before is None or self.seconds <= 0:
            return
        name = next((name for name in names if name in self.now.by_name), None)
        before = self.before.by_name.get(name, {}) if name else {}
        for key, value in self.values(*names).items():
            if lazy or key in before:
                yield key, before.get(key, 0.0), value

    def groups(self, by: tuple[str, ...]) -> Iterator[tuple[Labels, "Window"]]:
        """A window for each combination of values of these labels that is there now."""
        before = self.before.groups(by) if self.before else {}
        for key, now in self.now.groups(by).items():
            yield key, Window(now, before.get(key))


@dataclass(frozen=True, slots=True)
class Reading:
    """A derived number with its unit, ready to be shown or written.

    `bound` is `≤` or `>` where the true value is only known to lie on that side.
    """

    measure: str
    unit: str
    value: float
    at_ms: int
    labels: Labels = NONE
    bound: str = field(default="", compare=False)

    def label(self, name: str) -> str:
        """The value of one label; empty if it has none of that name."""
        return dict(self.labels).get(name, "")


def scrape(at_ms: int, samples: Iterable[Sample], problems: Iterable[str] = ()) -> Scrape:
    """A scrape from samples; of a series given twice the last value counts.

    Raises:
        TooManySeries: they are not looked at any further.
    """
    latest = {(sample.name, sample.labels): sample for sample in bounded(samples)}
    fresh = tuple(sample for sample in latest.values() if not 0 < sample.at_ms < at_ms - FRESH_MS)
    old = len(latest) - len(fresh)
    remark = f"{old} series older than 5 minutes by their own times, left out" if old else ""
    return Scrape(at_ms, fresh, tuple(problems), remark)


T = TypeVar("T")


def bounded(series: Iterable[T], most: int = MOST_SERIES) -> Iterator[T]:
    """The same, at most so many.

    Raises:
        TooManySeries: there are more.
    """
    for number, line in enumerate(series):
        if number == most:
            raise TooManySeries(
                f"more than {most:,} series that its kind reads",
                hint="Read fewer: a page of one server, a query that aggregates, fewer labels.",
            )
        yield line
