"""What the sections of this page share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.flow.model import Step
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.store.queries.flow import UnderWay
from clickup_mlops.store.timeline_rows import Entry
from clickup_mlops.views.model import Cell, Duration, Link

LONGEST: Final = "90d"
"""Flow is looked at over this range, or a longer one: days say nothing of it."""
LATEST: Final = 500
"""Finished tasks that are looked at, the last ones."""
_NAME: Final = 80


def over_weeks(query: Query) -> Query:
    """The query over the longest range."""
    return query.over(LONGEST)


def since_ms(data: Data) -> int | None:
    """From when on the timeline is complete (Unix ms); None: nothing is known yet."""
    return data.store.flows.known_since_ms(data.workspace)


def steps(entries: Iterable[Entry]) -> list[Step]:
    """Of `created` and `status` entries."""
    return [
        Step(
            entry.task_id,
            entry.at_ms,
            str(entry.value.get("to") or ""),
            str(entry.value.get("type") or ""),
            str(entry.value.get("list") or ""),
            is_creation=entry.kind == "created",
        )
        for entry in entries
    ]


def tasks(data: Data, task_ids: Sequence[str]) -> Mapping[str, Task]:
    """Those that are known, as last read."""
    rows = data.store.mirror.get_many(task_ids) if task_ids else {}
    return {task_id: Task.parse(row.raw) for task_id, row in rows.items()}


def task_link(task_id: str, tasks_by_id: Mapping[str, Task]) -> Link:
    """Its name, to its page in ClickUp."""
    task = tasks_by_id.get(task_id)
    name = " ".join(task.name.split()) if task else ""
    short = name if len(name) <= _NAME else f"{name[:_NAME]}…"
    return Link(short or task_id, f"https://app.clickup.com/t/{task_id}")


def list_name(work: UnderWay, tasks_by_id: Mapping[str, Task]) -> str:
    """The name of a task's List; its id, if the task is not known."""
    return tasks_by_id[work.task_id].list_name if work.task_id in tasks_by_id else work.list_id


def total(rows: Sequence[object], count: int) -> int | None:
    """How many rows a table would have, if it does not show all."""
    return count if count > len(rows) else None


def length(ms: float | None) -> Cell:
    """A length of time; empty: nobody knows it."""
    return None if ms is None else Duration(int(ms))
