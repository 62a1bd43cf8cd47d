"""What a schedule means for ClickUp: the dates to write, as changes. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clickup_mlops.automations.model import Change
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.schedule.effects import dates
from clickup_mlops.features.schedule.plan.model import Placement, Problem, Rules, Schedule
from clickup_mlops.features.schedule.runs import has_own_due_date
from clickup_mlops.features.schedule.tables.windows import PlannedWindow
from clickup_mlops.routing.decision import format_moment


@dataclass(frozen=True, slots=True)
class Step:
    """The dates of one run: `change` writes them, `placement` says why."""

    placement: Placement
    change: Change
    due_ms: int
    list_name: str = ""

    @property
    def task_id(self) -> str:
        """The run's task."""
        return self.placement.run.id

    @property
    def is_move(self) -> bool:
        """Whether the run had another start."""
        return self.placement.is_move

    def is_current(self, tasks: Mapping[str, Task]) -> bool:
        """Whether the task is open, and still has the dates that the change replaces."""
        task = tasks.get(self.task_id)
        return task is not None and dates.read(task) == self.change.before

    def row(self, workspace: str, before: PlannedWindow | None, now_ms: int) -> PlannedWindow:
        """What is remembered once it is written."""
        window, moves = self.placement.window, before.moves if before else 0
        return PlannedWindow(
            workspace,
            self.task_id,
            window.start_ms,
            window.end_ms,
            self.due_ms,
            self.placement.run.deadline_ms,
            self.placement.why,
            moves + self.is_move,
            now_ms,
        )


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """What `schedule plan` shows: the schedule, what differs from ClickUp, and what is wrong."""

    schedule: Schedule
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    rules: Rules
    """What it was planned by."""
    names: Mapping[str, str]
    """Names of tasks by id, also of those that are not placed."""
    differences: tuple[Problem, ...] = ()
    """Runs that are not where the bot has placed them."""

    @property
    def moves(self) -> int:
        """Runs that get another start."""
        return sum(step.is_move for step in self.steps)


def steps(
    schedule: Schedule, tasks: Mapping[str, Task], windows: Mapping[str, PlannedWindow]
) -> Iterator[Step]:
    """By start: each waiting run whose dates are not those of its window."""
    for placement in schedule.placements:
        if placement.run.state == "waiting":
            task = tasks[placement.run.id]
            keeps_due = has_own_due_date(task, windows.get(task.id))
            due_ms = task.due_ms if keeps_due and task.due_ms else placement.window.end_ms
            after = {"start": placement.window.start_ms, "due": due_ms}
            before = dates.read(task)
            if before != after:
                change = Change("dates", before, after, _describe(placement), after)
                yield Step(placement, change, due_ms, task.list_name)


def _describe(placement: Placement) -> str:
    window = placement.window
    return f"{format_moment(window.start_ms)} to {format_moment(window.end_ms)}: {placement.why}"
