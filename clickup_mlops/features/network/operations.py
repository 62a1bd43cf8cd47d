"""Fabrics: what is wrong now, from what the sources said lately."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from clickup_mlops.features.metrics.placement.recorded import labels_of
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.scrape import Labels, Reading
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.fabric import Fabric, of_topology
from clickup_mlops.features.network.diagnosis.model import Diagnosis
from clickup_mlops.features.network.diagnosis.windows import (
    HOST_LABELS,
    Past,
    Windows,
    windows,
)
from clickup_mlops.features.network.settings import NetworkSettings
from clickup_mlops.features.network.topology.loading import load
from clickup_mlops.features.network.traffic.jobs import job_traffic
from clickup_mlops.features.network.traffic.model import JobTraffic
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import DAY, HOUR, WindowPoint

PAST_DAYS: Final = 7
"""Whose same hour is compared."""
PROBLEMS: Final = "network_topology"
"""Scope and key of the note about sources that the bot could not read."""
_PLACES: Final = frozenset(["switch", *HOST_LABELS])
_PARTS: Final = frozenset(["device", "gpu"])


def read_fabric(settings: NetworkSettings) -> tuple[Fabric, tuple[str, ...]]:
    """The fabric that the settings describe, and a sentence for each description that is wrong."""
    loaded = load(settings.topology, WorldReader())
    return of_topology(loaded.topology), loaded.problems


def stale_sources(store: Store) -> tuple[str, ...]:
    """What the bot that runs says of sources that it could not read last."""
    note = store.notes.get(PROBLEMS, PROBLEMS)
    return tuple(note.value) if note else ()


def read_readings(store: Store, workspace: str, now_ms: int) -> Sequence[Reading]:
    """What was read in the last minutes (until `now_ms`, Unix ms)."""
    return [_reading(row) for row in store.history.window(workspace, now_ms - WINDOW_MS)]


def read_past(store: Store, workspace: str, fabric: Fabric, now_ms: int) -> Past:
    """What was read at the hour of now (Unix ms) on the days before, each measure once."""
    hour_ms = now_ms - now_ms % HOUR

    @cache
    def past(measure: str) -> Mapping[str, Sequence[float]]:
        rows = store.history.same_hours(workspace, measure, hour_ms - PAST_DAYS * DAY, hour_ms)
        data = windows(map(_reading, rows), hour_ms, PAST_DAYS * DAY + 1, fabric.name_of)
        return {
            place: [value for _at_ms, value in track]
            for place, track in data.tracks.get(measure, {}).items()
        }

    return past


def _reading(row: WindowPoint) -> Reading:
    labels = _placed(labels_of(row.labels), row.source)
    return Reading(row.measure, "", row.value, row.at_ms, labels)


def _placed(key: Labels, source: str) -> Labels:
    """With the source's name as the switch or host of a part whose page does not say it: else parts
    of several that are called the same would be taken for one.
    """
    names = {name for name, value in key if value}
    if names & _PLACES:
        return key
    place = "switch" if "interface" in names else "host" if names & _PARTS else ""
    return frozenset((dict(key) | {place: source}).items()) if place else key


def read_windows(store: Store, workspace: str, fabric: Fabric, now_ms: int) -> Windows:
    """The same by measure and place, with what was usual at this hour."""
    readings = read_readings(store, workspace, now_ms)
    past = read_past(store, workspace, fabric, now_ms)
    return windows(readings, now_ms, WINDOW_MS, fabric.name_of, past)


def read_traffic(
    store: Store, workspace: str, fabric: Fabric, now_ms: int
) -> tuple[JobTraffic, ...]:
    """What each job of the fabric did with it in the last minutes."""
    readings = read_readings(store, workspace, now_ms)
    return job_traffic(readings, windows(readings, now_ms, WINDOW_MS, fabric.name_of), fabric)


def find(store: Store, workspace: str, fabric: Fabric, now_ms: int) -> Diagnosis:
    """What is wrong now (Unix ms)."""
    return diagnose(read_windows(store, workspace, fabric, now_ms), fabric)
