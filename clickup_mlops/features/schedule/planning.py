"""The schedule as it would be written now, from the tasks, the store and the settings."""

from typing import TYPE_CHECKING

from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.schedule import calendar, measured_peaks, reading, runs
from clickup_mlops.features.schedule.changes import SchedulePlan, steps
from clickup_mlops.features.schedule.drift import differences, with_dates
from clickup_mlops.features.schedule.plan.model import Window
from clickup_mlops.features.schedule.plan.planner import plan
from clickup_mlops.features.schedule.settings import ScheduleSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core


def plan_now(core: "Core", settings: ScheduleSettings, moves: int | None) -> SchedulePlan:
    """See `SchedulePackage.plan`."""
    now = core.now_ms()
    if not settings.pools:
        raise ConfigError(
            "no pool is configured",
            hint="Add [schedule.pools.<name>] with gpus to the settings.",
        )
    basis = read_basis(core, settings)
    records = runs.Records(basis.windows, basis.muted, basis.ends)
    all_runs, problems = runs.read(basis.tasks.values(), settings, records, now)
    blocked = {p.run_id: p for p in runs.unplannable_dependencies(all_runs, basis.tasks)}
    placeable = [run for run in all_runs if run.id not in blocked]
    rules = calendar.rules(settings, now, _measured_peaks(core, settings, now), moves)
    schedule = plan(placeable, rules, now)
    return SchedulePlan(
        schedule,
        tuple(steps(schedule, basis.tasks, basis.windows)),
        tuple(
            with_dates(problem, schedule, basis.tasks, basis.windows)
            for problem in (*problems, *blocked.values(), *schedule.problems)
        ),
        rules,
        {task.id: task.name for task in basis.tasks.values()},
        tuple(differences(all_runs, basis.tasks, basis.windows, now)),
    )


def read_basis(core: "Core", settings: ScheduleSettings) -> reading.Basis:
    """What a plan is made from. Raises ClickUpMlopsError: ClickUp or the store is away."""
    client = core.client.with_priority_class(PriorityClass.REPORTS)
    return reading.read(client.tasks, core.store, settings, core.workspace_id, core.now_ms())


def _measured_peaks(core: "Core", settings: ScheduleSettings, now_ms: int) -> tuple[Window, ...]:
    if not settings.peak_measure:
        return ()
    loads = measured_peaks.read_loads(core.store, core.workspace_id, settings.peak_measure, now_ms)
    end_ms = now_ms + int(settings.horizon.total_seconds() * 1000)
    return measured_peaks.peaks(loads, settings.peak_share, now_ms, end_ms)
