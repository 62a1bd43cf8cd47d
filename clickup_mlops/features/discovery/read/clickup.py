"""Traces of ClickUp: pages of a hundred tasks, and as many times in status with one call each.

ClickUp says how long a task was in each status and since when, and not in which order. What the bot
keeps beside it, its timeline, says more: see `own_timeline`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from sys import intern
from typing import Final, Protocol

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import StatusTime, TimeInStatus
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.discovery.model import Spent, Trace
from clickup_mlops.features.discovery.words import find_hosts, is_record
from clickup_mlops.flow.model import FINISHED

Classify = Callable[[str, str], str]
_PAGE: Final = 100
_MINUTE_MS: Final = 60_000
_LONGEST_TEXT: Final = 1000


class Checkpoint(Protocol):
    """Keeps what was read, so that a reading that was interrupted goes on."""

    def load(self) -> list[Trace]:
        """What an earlier reading kept."""

    def keep(self, traces: Sequence[Trace]) -> None:
        """Add what was read."""


@dataclass(frozen=True, slots=True)
class Read:
    """Traces, and names of people by id."""

    traces: list[Trace]
    names: dict[str, str]


def read(
    client: ClickUp, team_id: str, since_ms: int, classify: Classify, checkpoint: Checkpoint
) -> Read:
    """The tasks that changed since then, oldest first. Raises ApiError."""
    traces = {trace.id: trace for trace in checkpoint.load()}
    begin_ms = max((trace.created_ms or 0 for trace in traces.values()), default=0)
    names: dict[str, str] = {}
    for page in _pages(client, team_id, since_ms, begin_ms):
        tasks = [task for task in page if task.id not in traces]
        names |= _names(page)
        if tasks:
            times = client.tasks.time_in_status(task.id for task in tasks)
            new_traces = [_trace(task, times.get(task.id), classify) for task in tasks]
            checkpoint.keep(new_traces)
            traces |= {trace.id: trace for trace in new_traces}
    return Read([*traces.values()], names)


def _pages(
    client: ClickUp, team_id: str, since_ms: int, begin_ms: int
) -> Iterator[tuple[Task, ...]]:
    """Oldest first: what is created meanwhile comes at the end."""
    tasks = client.tasks.in_workspace(
        team_id,
        order_by="created",
        reverse=True,
        updated_after_ms=since_ms,
        created_after_ms=begin_ms - 1 if begin_ms else None,
    )
    while page := tuple(islice(tasks, _PAGE)):
        yield page


def _names(tasks: Sequence[Task]) -> dict[str, str]:
    people = (person for task in tasks for person in (task.creator, *task.assignees) if person)
    return {str(person.id): person.username for person in people}


def _trace(task: Task, times: TimeInStatus | None, classify: Classify) -> Trace:
    trace = Trace(
        id=task.id,
        place=intern(task.list_name),
        workload=classify(task.name, task.text[:_LONGEST_TEXT]),
        stage=intern(task.status.name),
        kind=intern(task.status.kind),
        created_ms=task.created_ms or None,
        reporter=intern(task.creator.username if task.creator else ""),
        owners=tuple(intern(person.username) for person in task.assignees[:1]),
        hosts=_hosts(task),
        is_recorded=any(is_record(field.name) and field.value for field in task.fields),
    )
    return replace(trace, since_ms=times.current.since_ms, spent=_spent(times)) if times else trace


def _spent(times: TimeInStatus) -> tuple[Spent, ...]:
    return tuple(
        Spent(intern(time.status), intern(time.kind), time.minutes * _MINUTE_MS)
        for time in times.history
        if time.kind not in FINISHED and _has_lasted(time, times)
    )


def _has_lasted(time: StatusTime, times: TimeInStatus) -> bool:
    return time.minutes > 0 or time.status != times.current.status


def _hosts(task: Task) -> tuple[str, ...]:
    """Of its description, and of custom fields with an address."""
    values = (field.value for field in task.fields if field.type == "url")
    texts = [task.text, *(value for value in values if isinstance(value, str))]
    return tuple(dict.fromkeys(host for text in texts for host in find_hosts(text)))
