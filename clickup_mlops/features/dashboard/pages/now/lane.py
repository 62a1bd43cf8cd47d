"""The open tasks of a workload in their order: what to work on now, and why.

The address narrows it: `workload` chooses another lane than that of inference, `list` and
`assignee` those of a List or a person, and `search` is a part of a name or of a tag.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops import registry
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.dashboard import work_queue
from clickup_mlops.features.dashboard.work_queue import Place
from clickup_mlops.ports.dashboard.lane_column import LaneColumn
from clickup_mlops.ports.sections.cells import owners, priority, short, task_link, unmarked
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.routing.decision import WORKLOADS, Decision, Workload
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Duration,
    Figure,
    Figures,
    Filter,
    Number,
    Section,
    Table,
    Tone,
)

SHOWN: Final = 25
"""Places on a page."""
NOBODY: Final = "nobody"
"""The value of `assignee` for tasks without one."""
_DECIDED: Final = (
    Column("#", "end"),
    Column("Task"),
    Column("Priority"),
    Column("List"),
    Column("Urgency"),
    Column("Why"),
)
_STATE: Final = (Column("Waiting", "end"), Column("Owner"), Column("Held"))
_HELD_FOR: Final = ("person: ", "automation: ")
_URGENCY: Final[dict[str, tuple[str, Tone]]] = {
    "incident": ("live incident", "bad"),
    "breach": ("SLO breach", "bad"),
    "due": ("due", "warning"),
    "soon": ("due soon", "plain"),
    "normal": ("normal", "plain"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for; an empty text: all."""

    workload: Workload
    list_id: str
    assignee: str
    search: str

    @classmethod
    def of(cls, options: Mapping[str, str]) -> "Chosen":
        """Of the address. An unknown workload is that of inference."""
        workload = next(
            (name for name in WORKLOADS if name == options.get("workload")), WORKLOADS[0]
        )
        list_id, assignee = options.get("list", ""), options.get("assignee", "")
        return cls(workload, list_id, assignee, options.get("search", ""))

    def fits(self, task: Task) -> bool:
        """Whether a task is one of these."""
        words = " ".join((task.name, task.id, task.custom_id or "", *task.tags)).casefold()
        return (
            self.list_id in ("", task.list_id)
            and (not self.assignee or self.assignee in _people(task))
            and all(word in words for word in self.search.casefold().split())
        )


def _build(data: Data, query: Query) -> Section:
    chosen, now = Chosen.of(query.options), query.now_ms
    tasks = [*work_queue.tasks(data.store, chosen.workload)]
    matches = [(number, task) for number, task in tasks if chosen.fits(task)]
    paging = query.page(len(matches), SHOWN)
    page_of_matches = matches[paging.first - 1 : paging.first - 1 + SHOWN]
    places = work_queue.places(data.store, data.policy, page_of_matches, now)
    added = [*registry.find_modules("lane_column", "COLUMN").values()]
    table = Table(
        "tasks",
        f"Open {chosen.workload} tasks, in their order",
        _columns(added),
        tuple(_rows(data, query, places, added)),
        f"No open {chosen.workload} task{' fits' if tasks else ''}.",
        len(matches) if len(matches) > len(places) else None,
        _filters(chosen, [task for _number, task in tasks]),
        paging,
    )
    return Section(
        "lane",
        f"{chosen.workload.capitalize()} lane",
        (Figures((_open(len(tasks)), _longest(places, now))), table),
        "Tasks as last read, and the newest decision about each.",
    )


def _filters(chosen: Chosen, tasks: Sequence[Task]) -> tuple[Filter, ...]:
    lists = {task.list_id: short(task.list_name) or task.list_id for task in tasks}
    people = {key: name for task in tasks for key, name in _people(task).items()}
    workloads = tuple((workload, workload) for workload in WORKLOADS)
    return (
        Filter("search", "Search", chosen.search),
        Filter("workload", "Workload", chosen.workload, workloads),
        Filter("list", "List", chosen.list_id, _options(lists, chosen.list_id)),
        Filter("assignee", "Assignee", chosen.assignee, _options(people, chosen.assignee)),
    )


def _options(names: Mapping[str, str], chosen: str) -> tuple[tuple[str, str], ...]:
    """All, then these by name. What was chosen stays, though no task has it any more."""
    names_by_key = {**({chosen: chosen} if chosen else {}), **names}
    return ("", "All"), *sorted(
        names_by_key.items(), key=lambda pair: (pair[1].casefold(), pair[0])
    )


def _people(task: Task) -> dict[str, str]:
    """Who is assigned, by user id; or nobody."""
    people = {str(user.id): short(user.username or user.email) for user in task.assignees}
    return people or {NOBODY: "(nobody)"}


def _open(total: int) -> Figure:
    return Figure("Open tasks", Number(total), "now, in this lane")


def _longest(places: Iterable[Place], now_ms: int) -> Figure:
    waits = [_waiting(place.task, now_ms) for place in places]
    longest = max((wait for wait in waits if wait is not None), default=None)
    return Figure("Longest wait", Duration(longest), "now, of the tasks shown")


def _columns(added: Iterable[LaneColumn]) -> tuple[Column, ...]:
    return *_DECIDED, *(Column(column.title) for column in added), *_STATE


def _rows(
    data: Data, query: Query, places: Sequence[Place], added: Sequence[LaneColumn]
) -> Iterator[tuple[Cell, ...]]:
    tasks = [place.task for place in places]
    cells = [column.cells(data, query, tasks) for column in added]
    for place in places:
        yield _row(place, [by_task.get(place.task.id) for by_task in cells], query.now_ms)


def _row(place: Place, added: Iterable[Cell], now_ms: int) -> tuple[Cell, ...]:
    task = place.task
    return (
        Number(place.number),
        task_link(task.id, task),
        priority(task.priority),
        short(task.list_name),
        _urgency(place.decision),
        short(_why(place)) or None,
        *added,
        Duration(_waiting(task, now_ms)),
        owners(task),
        short(place.held) or None,
    )


def _why(place: Place) -> str:
    """What made it urgent. That it is in this lane, its priority, and who or what holds that stand
    beside it.
    """
    because = place.decision.urgent_because
    reasons = [text for text in because if not (place.held and text.startswith(_HELD_FOR))]
    moved = place.why.removeprefix(" ".join(place.decision.reasons)).strip()
    return unmarked("; ".join(filter(None, (*reasons, moved))))


def _urgency(decision: Decision) -> Badge:
    return Badge(*_URGENCY["incident" if decision.incident else decision.tier])


def _waiting(task: Task, now_ms: int) -> int | None:
    """Since it was created, in ms."""
    return max(0, now_ms - task.created_ms) if task.created_ms else None


SECTION = SectionType("Lane", _build, 10)
