"""An incident as automations see it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.features.incidents.incident import Incident, IncidentTask
from clickup_mlops.store.timeline_rows import Entry


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


@dataclass(frozen=True, slots=True)
class Resembling:
    """A live incident that may be the same outage. `title`: empty where not all who see this one
    may see that.
    """

    task_id: str
    title: str
    opened_ms: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A person has said at this time (Unix ms) that a task is no incident."""

    at_ms: int
    user: str
    because: str = ""


_LONGEST: Final = 60


def _no_charts() -> Sequence[Charted]:
    return ()


def _no_entries() -> Sequence[Entry]:
    return ()


def _no_picture() -> bytes | None:
    return None


def _no_states() -> Mapping[str, str]:
    return {}


def _no_incident() -> Resembling | None:
    return None


def _no_incidents() -> Sequence[Resembling]:
    return ()


def _no_part(_incident_id: str) -> Incident | None:
    return None


def _no_refusals() -> Mapping[str, Refusal | None]:
    return {}


def _no_match(_desired: Incident) -> Incident | None:
    return None


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
    read_titles: Callable[[], Mapping[str, str]] = _no_states
    """Titles of its tasks, by id."""

    read_resembling: Callable[[], Resembling | None] = _no_incident
    """A live incident that began before and may be the same outage; None: there is none."""
    find_match: Callable[[Incident], Incident | None] = _no_match
    """The other open incident that a task joins which wants to open this one."""
    read_asking: Callable[[], Sequence[Resembling]] = _no_incidents
    """Live incidents that ask whether they are the same outage as this one."""
    read_refusals: Callable[[], Mapping[str, Refusal | None]] = _no_refusals
    """By task, if that is not gone: that a person said last that it is no incident; None: nobody
    did."""
    find_part: Callable[[str], Incident | None] = _no_part
    """The incident with this id, if it has become a part of this one."""

    def title(self, task_id: str) -> str:
        """What people call a task: its title, cut; the id, if the bot knows no other name."""
        name = " ".join(self.read_titles().get(task_id, "").split())
        return (name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…") or task_id

    def affects(self, task_id: str) -> bool:
        """Whether the incident is open, and the task has not left it."""
        is_member = any(task.task_id == task_id and task.left_ms is None for task in self.tasks)
        return self.incident.is_open and is_member

    def duration_ms(self, now_ms: int) -> int:
        """How long it lasted, or has lasted."""
        end_ms = now_ms if self.incident.closed_ms is None else self.incident.closed_ms
        return max(0, end_ms - self.incident.opened_ms)
