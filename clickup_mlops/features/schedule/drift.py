"""Where reality differs from the windows that the bot wrote. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule.plan.model import HOUR_MS, Problem, Run, Schedule
from clickup_mlops.features.schedule.runs import is_placed_by_person
from clickup_mlops.features.schedule.tables.windows import PlannedWindow
from clickup_mlops.routing.decision import format_moment


def differences(
    runs: Iterable[Run],
    tasks: Mapping[str, Task],
    windows: Mapping[str, PlannedWindow],
    now_ms: int,
) -> Iterator[Problem]:
    """A sentence for each run that is not where the bot has placed it."""
    for run in runs:
        window = windows.get(run.id)
        if window and (text := _difference(run, tasks[run.id], window, now_ms)):
            yield Problem(run.id, text)


def with_dates(
    problem: Problem,
    schedule: Schedule,
    tasks: Mapping[str, Task],
    windows: Mapping[str, PlannedWindow],
) -> Problem:
    """And that the task still has dates by the bot, though the run is not placed any more.

    They stay: a wrong setting, such as a pool's name, would clear those of all runs.
    """
    task, window = tasks.get(problem.run_id), windows.get(problem.run_id)
    if task is None or window is None or task.start_ms != window.start_ms:
        return problem
    if any(placement.run.id == problem.run_id for placement in schedule.placements):
        return problem
    text = f"{problem.text}; its dates from {format_moment(window.start_ms)} stay"
    return replace(problem, text=text)


def _difference(run: Run, task: Task, window: PlannedWindow, now_ms: int) -> str:
    if run.state == "pinned" and is_placed_by_person(task, window):
        return f"a person has changed its dates from {format_moment(window.start_ms)}"
    if run.state == "running" and now_ms > window.end_ms:
        return f"runs {(now_ms - window.end_ms) / HOUR_MS:.3g} h longer than planned"
    if run.state == "waiting" and now_ms > window.start_ms and task.start_ms is not None:
        return f"has not started: planned for {format_moment(window.start_ms)}"
    return ""
