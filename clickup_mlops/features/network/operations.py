"""Fabrics: what is wrong now, from what the sources said lately."""

from clickup_mlops.features.metrics.placement.recorded import labels_of
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.fabric import Fabric, of_topology
from clickup_mlops.features.network.diagnosis.model import Diagnosis
from clickup_mlops.features.network.diagnosis.windows import Windows, windows
from clickup_mlops.features.network.settings import NetworkSettings
from clickup_mlops.features.network.topology.loading import load
from clickup_mlops.store import Store


def read_fabric(settings: NetworkSettings) -> tuple[Fabric, tuple[str, ...]]:
    """The fabric that the settings describe, and a sentence for each description that is wrong."""
    loaded = load(settings.topology, WorldReader())
    return of_topology(loaded.topology), loaded.problems


def read_windows(store: Store, workspace: str, fabric: Fabric, now_ms: int) -> Windows:
    """What was read in the last minutes."""
    rows = store.history.window(workspace, now_ms - WINDOW_MS)
    readings = (
        Reading(row.measure, "", row.value, row.at_ms, labels_of(row.labels)) for row in rows
    )
    return windows(readings, now_ms, WINDOW_MS, fabric.devices)


def find(store: Store, workspace: str, fabric: Fabric, now_ms: int) -> Diagnosis:
    """What is wrong now (Unix ms)."""
    return diagnose(read_windows(store, workspace, fabric, now_ms), fabric)
