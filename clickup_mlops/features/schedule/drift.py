"""Where reality differs from the windows that the bot wrote. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule.plan.model import HOUR_MS, Problem, Run
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


def _difference(run: Run, task: Task, window: PlannedWindow, now_ms: int) -> str:
    if run.state == "pinned" and is_placed_by_person(task, window):
        return f"a person has changed its dates from {format_moment(window.start_ms)}"
    if run.state == "running" and now_ms > window.end_ms:
        return f"runs {(now_ms - window.end_ms) / HOUR_MS:.3g} h longer than planned"
    if run.state == "waiting" and now_ms > window.start_ms and task.start_ms is not None:
        return f"has not started: planned for {format_moment(window.start_ms)}"
    return ""
