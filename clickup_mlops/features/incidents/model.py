"""An incident as automations see it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clickup_mlops.features.incidents.tables.incidents import Incident, IncidentTask
from clickup_mlops.store.tables.timeline import Entry


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured field of a task of the incident: its last value before, the lowest and highest
    while it lasted, and the last. None: not measured then. `gaps`: from when to when (Unix ms)
    nothing was measured while it lasted.
    """

    field: str
    unit: str
    before: float | None
    lowest: float | None
    highest: float | None
    last: float | None
    gaps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart of a measured field. `url` leads to it; empty: the dashboard has no address."""

    title: str
    url: str = ""


def _no_charts() -> Sequence[Charted]:
    return ()


def _no_entries() -> Sequence[Entry]:
    return ()


def _no_picture() -> bytes | None:
    return None


def _no_states() -> Mapping[str, str]:
    return {}


def _no_numbers() -> Sequence[Measured]:
    return ()


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The incident that a task joined last. `entries` are those of all its tasks, oldest first;
    they, `measured`, `charts` and `picture` are read if they are asked for.
    """

    incident: Incident
    tasks: tuple[IncidentTask, ...]
    entries: Callable[[], Sequence[Entry]] = _no_entries
    measured: Callable[[], Sequence[Measured]] = _no_numbers
    charts: Callable[[], Sequence[Charted]] = _no_charts
    picture: Callable[[], bytes | None] = _no_picture
    """PNG of the charts; None: there is none."""
    alert_states: Callable[[], Mapping[str, str]] = _no_states
    """`firing` or `resolved`, by the keys of the alerts about its tasks."""

    def affects(self, task_id: str) -> bool:
        """Whether the incident is open, and the task has not left it."""
        is_member = any(task.task_id == task_id and task.left_ms is None for task in self.tasks)
        return self.incident.is_open and is_member

    def duration_ms(self, now_ms: int) -> int:
        """How long it lasted, or has lasted."""
        end_ms = now_ms if self.incident.closed_ms is None else self.incident.closed_ms
        return max(0, end_ms - self.incident.opened_ms)
