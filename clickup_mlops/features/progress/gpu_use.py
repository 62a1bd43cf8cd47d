"""Whether a run's GPUs have a process, by what the bot has measured of them."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.progress.model import RunReport
from clickup_mlops.store import Store

MEMORY: Final = "gpu_memory_pct"
"""A process holds memory, even if it computes nothing."""
MEASURES: Final = (MEMORY, "gpu_utilisation_pct")
_IDLE_PCT: Final = 1.0
_FRESH_MS: Final = 600_000


class GpuUse:
    """What was measured in the last ten minutes; read once, when the first run needs it."""

    def __init__(self, store: Store, workspace: str, now_ms: int) -> None:
        self._store, self._workspace, self._now_ms = store, workspace, now_ms
        self._measured: list[tuple[str, dict[str, str], float]] | None = None

    def is_idle(self, report: RunReport) -> bool:
        """Whether all GPUs of the run are empty now. Not if nothing is measured of them."""
        if self._measured is None:
            self._measured = self._read()
        values = [
            (measure, value)
            for measure, labels, value in self._measured
            if _belongs(labels, report.labels)
        ]
        is_measured = any(measure == MEMORY for measure, _ in values)
        return is_measured and all(value < _IDLE_PCT for _, value in values)

    def _read(self) -> list[tuple[str, dict[str, str], float]]:
        since_ms = self._now_ms - _FRESH_MS
        return [
            (series.measure, _parse(series.labels), series.last)
            for series in self._store.history.all([self._workspace], since_ms)
            if series.measure in MEASURES and series.last is not None
        ]


def _parse(labels: str) -> dict[str, str]:
    """From `name=value, name=value`."""
    pairs = (pair.partition("=") for pair in labels.split(", "))
    return {name: value for name, _, value in pairs}


def _belongs(labels: Mapping[str, str], wanted_labels: Mapping[str, str]) -> bool:
    """Pods have the name of their job with something behind it."""
    return any(
        labels.get(name) == value
        or (name == "pod" and labels.get(name, "").startswith(f"{value}-"))
        for name, value in wanted_labels.items()
    )
