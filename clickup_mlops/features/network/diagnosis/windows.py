"""Readings over time, by measure and place. Questions about them are about what *held*. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean, median
from typing import Final

from clickup_mlops.features.metrics.scrape import Labels, Reading

HELD: Final = 0.2
"""What is at least so much for four fifths of a window has held at this level."""
_LEAST_POINTS: Final = 3
_LEAST_COVER: Final = 0.6
"""Of a window that points must span; a source that has just begun says nothing yet."""
_LEAST_DAYS: Final = 3
"""Of a past that says what is usual."""
_PARTS: Final = ("interface", "group", "device")
"""Labels that name a part of a switch, the vocabulary's first."""
_COLLECTIVE: Final = ("collective", "comm_name", "message_size")
"""Labels of what ranks do together."""
HOST_LABELS: Final = ("host", "hostname", "node", "instance")
"""Labels that name a host, the best first."""
_OVERLAPPING: Final = "_5m"
"""Ends the name of events that recording rules count over five minutes."""
_FIVE_MINUTES_MS: Final = 300_000

Track = Sequence[tuple[int, float]]
"""Times (Unix ms) and values, oldest first."""
Tracks = Mapping[str, Mapping[str, Track]]
"""By measure and place."""
Past = Callable[[str], Mapping[str, Sequence[float]]]
"""Of a measure the means over this hour on each of the days before, oldest first, by place."""


def no_past(measure: str) -> Mapping[str, Sequence[float]]:
    """Of readings without a history."""
    return {}


def host_of(labels: Mapping[str, str]) -> str:
    """The host that labels name, without a port number; empty: none."""
    name = next((labels[label] for label in HOST_LABELS if labels.get(label)), "")
    return name.rpartition(":")[0] if name.rpartition(":")[2].isdecimal() else name


def place_of(labels: Labels) -> str:
    """The name of what a reading is about, such as `gpu-03/mlx5_1` or `leaf1/Ethernet8`; of a rank
    with its collective, communicator and size: `gpu-03/gpu1:AllReduce DP Group 0 4-5GB`.
    """
    pairs = dict(labels)
    if rank := pairs.get("rank"):
        host, _, gpu = rank.partition("/")
        collective = " ".join(filter(None, map(pairs.get, _COLLECTIVE)))
        return f"{host}/{gpu.casefold()}:{collective}"
    if "switch" in pairs:
        part = next((pairs[name] for name in _PARTS if pairs.get(name)), "")
        return "/".join(filter(None, (pairs["switch"], part, pairs.get("queue"))))
    host = host_of(pairs)
    if "gpu" in pairs:
        return f"{host}/gpu{pairs['gpu']}"
    if "device" in pairs:
        number = pairs.get("port", "1")
        return f"{host}/{pairs['device']}" + ("" if number in ("", "1") else f":{number}")
    return host or pairs.get("job", "")


@dataclass(frozen=True)
class Windows:
    """What was read until `end_ms` (Unix ms), over `length_ms`, and before at this hour."""

    end_ms: int
    length_ms: int
    tracks: Tracks
    past: Past = no_past

    def last(self, length_ms: int) -> "Windows":
        """The newest part of it, so many milliseconds long."""
        start_ms = self.end_ms - length_ms
        tracks = {
            measure: {
                place: [point for point in track if point[0] > start_ms]
                for place, track in places.items()
            }
            for measure, places in self.tracks.items()
        }
        return replace(self, length_ms=length_ms, tracks=tracks)

    def without(self, places: frozenset[str]) -> "Windows":
        """The same without what was read of these places."""
        tracks = {
            measure: {place: track for place, track in of.items() if place not in places}
            for measure, of in self.tracks.items()
        }
        return replace(self, tracks=tracks)

    def places(self, measure: str) -> Sequence[str]:
        """Where it was measured."""
        return [place for place, track in self.tracks.get(measure, {}).items() if track]

    def track(self, measure: str, place: str) -> Track:
        """Its points; empty: it was not measured there."""
        return self.tracks.get(measure, {}).get(place, ())

    def values(self, measure: str, place: str) -> Sequence[float]:
        """Values that cover the window; empty: too few to say that something held."""
        track = self.track(measure, place)
        covers = len(track) >= _LEAST_POINTS and (
            self.end_ms - track[0][0] >= _LEAST_COVER * self.length_ms
        )
        return [value for _at_ms, value in track] if covers else ()

    def low(self, measure: str, place: str) -> float | None:
        """The level that it was at or above for four fifths of the window."""
        return self._level(measure, place, HELD)

    def high(self, measure: str, place: str) -> float | None:
        """The level that it was at or below for four fifths of the window."""
        return self._level(measure, place, 1 - HELD)

    def typical(self, measure: str, place: str) -> float | None:
        """The median over the window; None: too few points cover it."""
        return self._level(measure, place, 0.5)

    def mean(self, measure: str, place: str) -> float | None:
        """The mean over the window; None: too few points cover it."""
        values = self.values(measure, place)
        return fmean(values) if values else None

    def usual(self, measure: str, place: str) -> float | None:
        """The median of this hour on the days before; None: there are too few."""
        days = self.past(measure).get(place, ())
        return median(days) if len(days) >= _LEAST_DAYS else None

    def total(self, measure: str, place: str) -> float:
        """The sum over the window: of events. 0 where it is not measured."""
        return sum(value for _at_ms, value in self.track(measure, place))

    @cached_property
    def _levels(self) -> dict[tuple[str, str, float], float | None]:
        return {}

    def _level(self, measure: str, place: str, part: float) -> float | None:
        key = measure, place, part
        if key not in self._levels:
            values = sorted(self.values(measure, place))
            self._levels[key] = values[round(part * (len(values) - 1))] if values else None
        return self._levels[key]


def windows(
    readings: Iterable[Reading],
    end_ms: int,
    length_ms: int,
    name_of: Callable[[str], str],
    past: Past = no_past,
) -> Windows:
    """From readings in any order; of one place at one time the highest counts: an RDMA port and its
    network device count the same events, and one of both may stay at 0. `name_of` gives
    a place's name for any that sources may use.
    """
    start_ms = end_ms - length_ms
    points: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for reading in readings:
        if start_ms < reading.at_ms <= end_ms:
            track = points[reading.measure][name_of(place_of(reading.labels))]
            track[reading.at_ms] = max(reading.value, track.get(reading.at_ms, reading.value))
    tracks = {
        measure: {place: sorted(track.items()) for place, track in places.items()}
        for measure, places in points.items()
    }
    return Windows(end_ms, length_ms, _with_events(tracks), past)


def _with_events(tracks: Tracks) -> Tracks:
    """With events that are counted over five minutes also under their own name, as if they were
    read every five minutes: counts that overlap would count an event at each reading.
    """
    counted = {
        name.removesuffix(_OVERLAPPING): {place: _thinned(track) for place, track in places.items()}
        for name, places in tracks.items()
        if name.endswith(_OVERLAPPING)
    }
    events = {name: {**places, **tracks.get(name, {})} for name, places in counted.items()}
    return {**tracks, **events}


def _thinned(track: Track) -> Track:
    """Points five minutes apart or more, up to the newest. Prometheus extrapolates: 1.1 is one."""
    points: list[tuple[int, float]] = []
    for at_ms, value in reversed(track):
        if not points or points[-1][0] - at_ms >= _FIVE_MINUTES_MS:
            points.append((at_ms, round(value)))
    return points[::-1]
