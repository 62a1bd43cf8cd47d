"""Reads what a plan is made from: open tasks from ClickUp, and what the bot has stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule.effects import dates
from clickup_mlops.features.schedule.settings import AUTOMATION, ScheduleSettings
from clickup_mlops.features.schedule.tables.windows import PlannedWindow, PlannedWindows
from clickup_mlops.store.tables.notes import RUN_ENDS

if TYPE_CHECKING:
    from clickup_mlops.clickup.client.resources.tasks import Tasks
    from clickup_mlops.store import Store


@dataclass(frozen=True, slots=True)
class Basis:
    """Open tasks by id, what was written for them, and which of them are left alone."""

    tasks: Mapping[str, Task]
    windows: Mapping[str, PlannedWindow]
    muted: frozenset[str]
    ends: Mapping[str, int]
    """When running ones are expected to end, as far as their progress shows it (Unix ms)."""


def read(
    tasks: "Tasks", store: "Store", settings: ScheduleSettings, workspace: str, now_ms: int
) -> Basis:
    """A call for each hundred open tasks of the Lists.

    Raises:
        ClickUpMlopsError: ClickUp or the store is away, or a List is not there.
    """
    listed = tasks.in_workspace(workspace, list_ids=settings.lists, include_closed=False)
    by_id = {task.id: task for task in listed}
    windows = store.table(PlannedWindows).of_workspace(workspace)
    muted = [mute.task_id for mute in store.mutes.list(now_ms) if mute.automation == AUTOMATION]
    ends = {task_id: int(note.value) for task_id, note in store.notes.all(RUN_ENDS).items()}
    return Basis(by_id, windows | _unrecorded(by_id, windows, store), frozenset(muted), ends)


def _unrecorded(
    tasks: Mapping[str, Task], windows: Mapping[str, PlannedWindow], store: "Store"
) -> dict[str, PlannedWindow]:
    """Windows that the bot wrote, or restored by an undo, without recording them: it was stopped
    in between. They must not be taken for a person's.
    """
    unrecorded = {}
    for task in tasks.values():
        window = windows.get(task.id)
        if task.start_ms is not None and (window is None or window.start_ms != task.start_ms):
            row = store.journal.latest_done(task.id, "dates")
            if row is not None and row.after == dates.read(task) and task.due_ms is not None:
                unrecorded[task.id] = _window(task, task.start_ms, task.due_ms, window)
    return unrecorded


def _window(task: Task, start_ms: int, due_ms: int, before: PlannedWindow | None) -> PlannedWindow:
    has_own_due_date = before is not None and before.due_ms != before.end_ms
    end_ms = start_ms + before.end_ms - before.start_ms if before and has_own_due_date else due_ms
    deadline_ms = before.deadline_ms if before else None
    moves = before.moves if before else 0
    return PlannedWindow(
        task.team_id or "", task.id, start_ms, end_ms, due_ms, deadline_ms, "", moves, 0
    )
