"""Tasks as runs: what is read from their fields, and what is missing. Pure."""

import math
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from clickup_mlops.automations.deferral import TAG
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule.plan.model import HOUR_MS, Problem, Run, State, Window
from clickup_mlops.features.schedule.settings import ScheduleSettings
from clickup_mlops.features.schedule.tables.windows import PlannedWindow

_MOST_HOURS: Final = 24 * 365
_CHANGE_A_PERSON_SEES_MS: Final = 60_000
"""ClickUp's clients show minutes: less is no other date."""


@dataclass(frozen=True, slots=True)
class Records:
    """What the bot knows of runs besides their tasks.

    `windows`: what it wrote, by task. `muted`: runs that it must leave alone, as after an undo.
    `ends`: when running ones are expected to end (Unix ms).
    """

    windows: Mapping[str, PlannedWindow]
    muted: Container[str] = ()
    ends: Mapping[str, int] | None = None


class NotARun(Exception):
    """Why a task cannot be planned. `hint`: what to do."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


def read(
    tasks: Iterable[Task], settings: ScheduleSettings, records: Records, now_ms: int
) -> tuple[list[Run], list[Problem]]:
    """The runs among open tasks, and a problem for each one that cannot be planned."""
    candidates = {task.id: task for task in tasks if is_run(task, settings)}
    runs, problems = [], []
    for task in candidates.values():
        try:
            run = _run(task, settings, records, now_ms)
        except NotARun as problem:
            problems.append(Problem(task.id, f"{problem}", problem.hint))
        else:
            runs.append(run)
    return runs, problems


def is_run(task: Task, settings: ScheduleSettings) -> bool:
    """Whether GPUs are to be used for it, now or later."""
    has_ended = not task.is_open or task.status.name.casefold() in settings.ended
    return not has_ended and task.field(settings.fields.gpus) is not None


def _run(task: Task, settings: ScheduleSettings, records: Records, now_ms: int) -> Run:
    planned = records.windows.get(task.id)
    if task.id in records.muted and task.start_ms is None:
        raise NotARun(
            "is left alone after an undo", "`clickup-mlops mutes end schedule` ends that."
        )
    length_ms = _length_ms(task, settings)
    state = _state(task, settings, planned, records)
    window = _window(task, state, length_ms, records, now_ms)
    if state == "pinned" and window is None:
        raise NotARun("is pinned and has no start date", "Set its start date, or remove the tag.")
    if state == "waiting" and TAG in task.tags and (window is None or window.start_ms <= now_ms):
        raise NotARun(f"is deferred by the tag {TAG}", "It is placed when the tag is removed.")
    return Run(
        task.id,
        task.name,
        _gpus(task, settings),
        length_ms,
        _pool(task, settings),
        _text(task.field(settings.fields.project)),
        task.created_ms,
        _deadline_ms(task, settings, planned),
        task.priority,
        task.depends_on,
        window,
        state,
    )


def _state(
    task: Task, settings: ScheduleSettings, planned: PlannedWindow | None, records: Records
) -> State:
    if task.status.name.casefold() in settings.running:
        return "running"
    is_tagged = settings.pin.casefold() in (tag.casefold() for tag in task.tags)
    if is_tagged or (task.id in records.muted and task.start_ms is not None):
        return "pinned"
    return "pinned" if is_placed_by_person(task, planned) else "waiting"


def is_placed_by_person(task: Task, planned: PlannedWindow | None) -> bool:
    """Whether its start is not the one that the bot wrote, or its due date is not, and was ours."""
    if task.start_ms is None:
        return False
    if planned is None or _differ(task.start_ms, planned.start_ms):
        return True
    return planned.due_ms == planned.end_ms and _differ(task.due_ms, planned.due_ms)


def _differ(date_ms: int | None, other_ms: int) -> bool:
    return date_ms is None or abs(date_ms - other_ms) >= _CHANGE_A_PERSON_SEES_MS


def _window(
    task: Task, state: State, length_ms: int, records: Records, now_ms: int
) -> Window | None:
    planned = records.windows.get(task.id)
    if state == "running":
        begun_ms = task.start_ms if task.start_ms and task.start_ms <= now_ms else now_ms
        end_ms = (records.ends or {}).get(task.id, begun_ms + length_ms)
        # One that takes longer than it should may end at any time.
        return Window(begun_ms, max(end_ms, now_ms + HOUR_MS))
    if state == "pinned":
        return None if task.start_ms is None else Window(task.start_ms, task.start_ms + length_ms)
    is_ours = planned is not None and task.start_ms is not None
    return Window(planned.start_ms, planned.end_ms) if planned and is_ours else None


def _deadline_ms(
    task: Task, settings: ScheduleSettings, planned: PlannedWindow | None
) -> int | None:
    deadline = task.field(settings.fields.deadline)
    if isinstance(deadline, int):
        return deadline
    return task.due_ms if has_own_due_date(task, planned) else None


def has_own_due_date(task: Task, planned: PlannedWindow | None) -> bool:
    """Whether a person has set the due date, and no start: it is a deadline, and stays."""
    if planned is not None and task.start_ms is not None:
        return planned.due_ms != planned.end_ms
    return task.due_ms is not None and task.start_ms is None


def _gpus(task: Task, settings: ScheduleSettings) -> int:
    name = settings.fields.gpus
    value = task.field(name)
    if not _is_number(value) or value < 1 or value != int(value):
        raise NotARun(f"{name} is {value!r:.40}, no whole number of at least 1", f"Set {name}.")
    return int(value)


def _length_ms(task: Task, settings: ScheduleSettings) -> int:
    name = settings.fields.hours
    value = task.field(name)
    if value is None:
        estimate = task.raw.get("time_estimate")
        value = estimate / HOUR_MS if _is_number(estimate) and estimate else None
    if value is None:
        raise NotARun("has no estimate", f"Set {name}, or ClickUp's time estimate.")
    if not _is_number(value) or not 0 < value <= _MOST_HOURS:
        raise NotARun(f"{name} is {value!r:.40}, not between 0 and {_MOST_HOURS}", f"Set {name}.")
    return max(60_000, round(value * HOUR_MS))


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _pool(task: Task, settings: ScheduleSettings) -> str:
    name = _text(task.field(settings.fields.pool))
    if not name and len(settings.pools) == 1:
        return next(iter(settings.pools))
    if not name:
        pools = ", ".join(settings.pools)
        raise NotARun("names no pool", f"Set {settings.fields.pool}: {pools}.")
    by_folded = {pool.casefold(): pool for pool in settings.pools}
    return by_folded.get(name.casefold(), name)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).strip()


def unplannable_dependencies(runs: Iterable[Run], open_ids: Container[str]) -> Iterator[Problem]:
    """Runs that wait for open tasks that are no runs, or for such runs: nobody knows when those are
    done.
    """
    remaining = {run.id: run for run in runs}
    while blocked := {problem.run_id: problem for problem in _blocked(remaining, open_ids)}:
        yield from blocked.values()
        remaining = {run_id: run for run_id, run in remaining.items() if run_id not in blocked}


def _blocked(runs: Mapping[str, Run], open_ids: Container[str]) -> Iterator[Problem]:
    for run in runs.values():
        waits = [before for before in run.after if before not in runs and before in open_ids]
        if waits and run.state == "waiting":
            text = f"waits for {', '.join(waits)}, which is open and has no window"
            yield Problem(run.id, text, "It is placed when that is done.")
