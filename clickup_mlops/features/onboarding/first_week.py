"""Completes the tasks of people's first week, and writes the page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.automations.actions.write_block import blocks_change
from clickup_mlops.automations.model import Action, Change, Written
from clickup_mlops.automations.perform import OPEN, perform
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.receive import jobs
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.clickup.hierarchy import TaskList
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ClickUpMlopsError, Unauthorized
from clickup_mlops.features.onboarding.lessons import CONSENT, LESSONS
from clickup_mlops.features.onboarding.progress import by_role, completed, lesson_of, render
from clickup_mlops.features.onboarding.settings import JOB, OnboardingSettings
from clickup_mlops.features.onboarding.tables.lessons import Lessons

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core
    from clickup_mlops.bot.handle.package import ExecutionPackage

LANE: Final = f"{jobs.LANE}{JOB}"
AUTOMATION: Final = "first_week"
BLOCK: Final = "progress"
_KIND: Final = f"block:{AUTOMATION}"

_log = logs.get()


class FirstWeek:
    """Writes what people have shown."""

    def __init__(self, core: "Core", execution: "ExecutionPackage") -> None:
        self.core, self._execution = core, execution
        self.settings = core.settings.table(OnboardingSettings)

    def update(self) -> None:
        """One pass. A task that cannot be written keeps no other from its turn.

        Raises:
            ClickUpMlopsError: ClickUp or the store is away; the next pass goes on.
        """
        self._execution.reconciler.reconcile(LANE)
        core = self.core
        shown = core.store.table(Lessons).of_workspace(core.workspace_id)
        tasks = self._read_tasks()
        done_names: dict[str, str] = {}
        for task in completed(tasks, shown):
            name = done_names.get(task.list_id) or self._done_status(task.list_id)
            done_names[task.list_id] = name
            if not self._was_completed(task, name):
                self._complete(task, name)
        self._write_page(tasks)

    def _read_tasks(self) -> list[Task]:
        core = self.core
        client = core.client.with_priority_class(PriorityClass.REPORTS)
        return [*client.tasks.in_workspace(core.workspace_id, tags=[self.settings.tag])]

    def _done_status(self, list_id: str) -> str:
        """The first status of the List that ends work. ClickUp's Lists have one at least."""
        client = self.core.client.with_priority_class(PriorityClass.REPORTS)
        task_list: TaskList = client.lists.get(list_id)
        ends = (status for status in task_list.statuses if status.kind in ("done", "closed"))
        return next(ends).name

    def _was_completed(self, task: Task, status: str) -> bool:
        """Whether a person has opened it again, or an undo: it stays open."""
        journal = self.core.store.journal
        return journal.has_done(
            task.id, "status", status.casefold(), automation=AUTOMATION, since_ms=0
        )

    def _complete(self, task: Task, status: str) -> None:
        before, after = task.status.name.casefold(), status.casefold()
        text = f"{before} -> {after}: {LESSONS[lesson_of(task)]}"
        self._write("set_status", task.id, Change("status", before, after, text, {}))

    def _write_page(self, tasks: Sequence[Task]) -> None:
        settings, core = self.settings, self.core
        if not settings.doc or not tasks:
            return
        shown = core.store.table(Lessons).of_workspace(core.workspace_id)
        agreed = {user for user, lessons in shown.items() if CONSENT in lessons}
        text = render(by_role(tasks, shown, agreed), settings.fewest)
        row = core.store.journal.latest_done("", _KIND)
        last = Written(row.after, row.receipt, row.begun_ms) if row else None
        change = blocks_change(_KIND, last, settings.doc, settings.page, {BLOCK: text})
        if change is not None:
            self._write("write_block", "", change)

    def _write(self, name: str, task_id: str, change: Change) -> None:
        """Raises what keeps all others from being written, too."""
        cause, cap = f"{LANE}:{self.core.now_ms()}", self.settings.writes_per_hour
        action = Action(AUTOMATION, name, task_id, change, cause, mode="on", cap=cap)
        try:
            perform(action, self._execution.executor_context, lane=LANE)
        except (*OPEN, Unauthorized):
            raise
        except Postponed:
            _log.info("first_week_postponed", text=change.text)  # the next pass writes it
        except ClickUpMlopsError as problem:
            _log.warning("first_week_refused", task=task_id, text=str(problem))
