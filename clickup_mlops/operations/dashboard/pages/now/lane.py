"""The open tasks of a workload in their order: what to work on now, and why.

`workload` in the address chooses another lane than that of inference.
"""

from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.operations.dashboard.cells import owners, priority, short, task_link, unmarked
from clickup_mlops.operations.dashboard.model import Data, Query, SectionType
from clickup_mlops.operations.dashboard.objectives import Objectives, state
from clickup_mlops.operations.lane import Place, lane
from clickup_mlops.routing.decision import WORKLOADS, Decision, Workload
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Duration,
    Figure,
    Figures,
    Number,
    Section,
    Table,
    Tone,
)

SHOWN: Final = 25
"""Places."""
_COLUMNS: Final = (
    Column("#", "end"),
    Column("Task"),
    Column("Priority"),
    Column("List"),
    Column("Urgency"),
    Column("Why"),
    Column("SLO"),
    Column("Waiting", "end"),
    Column("Owner"),
    Column("Held"),
)
_HELD_FOR: Final = ("person: ", "automation: ")
_URGENCY: Final[dict[str, tuple[str, Tone]]] = {
    "incident": ("live incident", "bad"),
    "breach": ("SLO breach", "bad"),
    "due": ("due", "warning"),
    "soon": ("due soon", "plain"),
    "normal": ("normal", "plain"),
}


def _build(data: Data, query: Query) -> Section:
    workload, now = _workload(query), query.now_ms
    found = lane(data.store, data.settings.routing, workload, now, SHOWN)
    objectives = Objectives(data.store, data.settings.routing)
    rows = [_row(n, one, objectives, now) for n, one in enumerate(found.places, start=1)]
    table = Table(
        "tasks",
        f"Open {workload} tasks, in their order",
        _COLUMNS,
        tuple(rows),
        f"No open {workload} task.",
        found.total if found.total > len(rows) else None,
    )
    return Section(
        "lane",
        f"{workload.capitalize()} lane",
        (Figures((_open(found.total), _longest(found.places, now))), table),
        "Tasks as last read, and the newest decision about each.",
    )


def _workload(query: Query) -> Workload:
    wanted = query.options.get("workload", "inference")
    return next((one for one in WORKLOADS if one == wanted), "inference")


def _open(total: int) -> Figure:
    return Figure("Open tasks", Number(total), "now, in this lane")


def _longest(places: tuple[Place, ...], now_ms: int) -> Figure:
    waits = [_waiting(one.task, now_ms) for one in places]
    longest = max((one for one in waits if one is not None), default=None)
    return Figure("Longest wait", Duration(longest), "now, of the tasks shown")


def _row(number: int, one: Place, objectives: Objectives, now_ms: int) -> tuple[Cell, ...]:
    task = one.task
    return (
        Number(number),
        task_link(task.id, task),
        priority(task.priority),
        short(task.list_name),
        _urgency(one.decision),
        short(_why(one)) or None,
        state(objectives.of(task)),
        Duration(_waiting(task, now_ms)),
        owners(task),
        short(one.held) or None,
    )


def _why(one: Place) -> str:
    """What made it urgent. That it is in this lane, its priority, and who or what holds that stand
    beside it.
    """
    given = one.decision.urgent_because
    reasons = [text for text in given if not (one.held and text.startswith(_HELD_FOR))]
    moved = one.why.removeprefix(" ".join(one.decision.reasons)).strip()
    return unmarked("; ".join(filter(None, (*reasons, moved))))


def _urgency(decision: Decision) -> Badge:
    return Badge(*_URGENCY["incident" if decision.incident else decision.tier])


def _waiting(task: Task, now_ms: int) -> int | None:
    """Since it was created, in ms."""
    return max(0, now_ms - task.created_ms) if task.created_ms else None


SECTION = SectionType("Lane", _build, 10)
