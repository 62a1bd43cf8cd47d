"""What plans runs and writes their dates."""

from collections.abc import Iterable, Iterator, Mapping
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.automations.model import Action
from clickup_mlops.automations.perform import OPEN, State, perform
from clickup_mlops.bot.lanes.worker import HOLDER
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import ReadView
from clickup_mlops.bot.receive import jobs
from clickup_mlops.bot.registered import Job
from clickup_mlops.errors import ClickUpMlopsError, ConfigError, StoreBusy, Unauthorized
from clickup_mlops.features.schedule import snapshot
from clickup_mlops.features.schedule.settings import AUTOMATION, ScheduleSettings
from clickup_mlops.features.schedule.snapshot import QueuedRun, Snapshot

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.schedule.changes import SchedulePlan, Step
    from clickup_mlops.features.schedule.tables.lengths import RunLengths

JOB: Final = "schedule"
LANE: Final = f"{jobs.LANE}{JOB}"
_LEASE_MS: Final = 600_000
"""For how long an apply that was killed keeps the job from its turn."""

_log = logs.get()


class SchedulePackage(Package):
    """A job that plans again, if `schedule.replan_every` is set; and what the commands call."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._execution = packages.execution

    @property
    def settings(self) -> ScheduleSettings:
        """`[schedule]`."""
        return self.core.settings.table(ScheduleSettings)

    def jobs(self) -> Iterable[Job]:
        """Plan again, and write what has changed."""
        if self.settings.pools and self.settings.replan_every:
            yield Job(JOB, self.settings.replan_every, self._replan)

    def check(self) -> None:
        """Raises ConfigError: the job has no pools to plan for."""
        if self.settings.replan_every and not self.settings.pools:
            raise ConfigError(
                "schedule.replan_every is set, and there is no pool",
                hint="Add [schedule.pools.<name>] with gpus.",
            )

    def plan(self, moves: int | None = None) -> "SchedulePlan":
        """What would be written now. `moves`: instead of `schedule.moves`.

        Raises:
            ConfigError: there is no pool.
            ClickUpMlopsError: ClickUp or the store is away.
        """
        from clickup_mlops.features.schedule import planning

        return planning.plan_now(self.core, self.settings, moves)

    def cause(self) -> str:
        """The event of an apply that begins now; `undo` restores what it wrote."""
        return f"{AUTOMATION}:{self.core.now_ms()}"

    def apply(self, planned: "SchedulePlan", cause: str) -> "Iterator[tuple[Step, State]]":
        """Write the dates, by start; each step with its outcome. Never beside the job.

        Raises:
            StoreBusy: the job writes just now, or an earlier apply was cut off a moment ago.
            ClickUpMlopsError: ClickUp or the store is away; another apply goes on.
        """
        from clickup_mlops.features.schedule.planning import read_basis

        leases, owner, now = self.core.store.leases, f"apply:{token_hex(6)}", self.core.now_ms()
        if not leases.take(LANE, owner, now, now + _LEASE_MS):
            raise StoreBusy("the bot plans runs just now", hint="Try again in a minute.")
        holder = HOLDER.set((LANE, owner))
        try:
            self._execution.reconciler.reconcile(LANE)
            # Whoever was asked first has taken his time: what a person has set since then stays.
            tasks = read_basis(self.core, self.settings).tasks
            steps = [step for step in planned.steps if step.is_current(tasks)]
            yield from ((step, "overtaken") for step in planned.steps if step not in steps)
            yield from self._write(steps, cause)
            self._remember(planned)
        finally:
            HOLDER.reset(holder)
            leases.release(LANE, owner)

    def _write(self, planned: "Iterable[Step]", cause: str) -> "Iterator[tuple[Step, State]]":
        for step in planned:
            state = self._write_step(step, cause)
            yield step, state
            if state == "capped":
                return

    def _write_step(self, step: "Step", cause: str) -> State:
        cap = self.settings.writes_per_hour
        action = Action(
            AUTOMATION, "set_dates", step.task_id, step.change, cause, mode="on", cap=cap
        )
        try:
            state = perform(action, self._execution.executor_context, lane=LANE).state
        except (*OPEN, Unauthorized):
            raise
        except ClickUpMlopsError as problem:
            _log.warning("run_not_scheduled", task=step.task_id, text=str(problem))
            return "refused"
        if state == "done":
            self._remember_window(step)
        return state

    def _remember_window(self, step: "Step") -> None:
        from clickup_mlops.features.schedule.tables.windows import PlannedWindows

        core = self.core
        windows = core.store.table(PlannedWindows)
        before = windows.of_workspace(core.workspace_id).get(step.task_id)
        windows.put(step.row(core.workspace_id, before, core.now_ms()))

    def _replan(self) -> None:
        """Raises ClickUpMlopsError: ClickUp or the store is away; the next time goes on."""
        self._execution.reconciler.reconcile(LANE)
        planned = self.plan()
        for problem in planned.problems:
            _log.info("run_not_placed", task=problem.run_id, text=problem.text)
        for step, state in self._write(within_limit(planned, self.settings.moves), self.cause()):
            _log.info("run_scheduled", task=step.task_id, state=state, text=step.change.text)
        self._remember(planned)

    def snapshot(self, planned: "SchedulePlan") -> Snapshot:
        """The plan with positions and intervals."""
        core, ratios = self.core, self._lengths.ratios(self.core.workspace_id)
        return snapshot.take(planned, planned.rules, ratios, core.now_ms())

    @property
    def _lengths(self) -> "RunLengths":
        from clickup_mlops.features.schedule.tables.lengths import RunLengths

        return self.core.store.table(RunLengths)

    def _remember(self, planned: "SchedulePlan") -> None:
        """For pages and agents; and which runs run, so that their lengths are learnt."""
        core, workspace = self.core, self.core.workspace_id
        running = {
            placement.run.id: placement.run.length_ms
            for placement in planned.schedule.placements
            if placement.run.state == "running"
        }
        lengths = self._lengths
        lengths.begin(workspace, running, core.now_ms())
        lengths.end_others(workspace, running.keys(), core.now_ms())
        snapshot.put(core.store, workspace, self.snapshot(planned))

    def views(self) -> Mapping[type[object], ReadView]:
        """Where a task stands in the schedule."""
        return {QueuedRun: self._queued}

    def _queued(self, task_id: str) -> QueuedRun | None:
        last = snapshot.get(self.core.store, self.core.workspace_id)
        queued = last.runs if last else ()
        return next((run for run in queued if run.task_id == task_id), None)


def within_limit(planned: "SchedulePlan", moves: int) -> "list[Step]":
    """All steps but the moves beyond the limit; those that start first come first."""
    chosen: list[Step] = []
    for step in planned.steps:
        moves -= step.is_move
        if not step.is_move or moves >= 0:
            chosen.append(step)
    return chosen


PACKAGE: Final = SchedulePackage
