"""What the commands print: the plan, its problems, and the exit code."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.schedule.changes import SchedulePlan, Step
    from clickup_mlops.features.schedule.plan.model import Problem


def show(planned: "SchedulePlan", zone: str, gpus: str) -> None:
    """What would be written, and what cannot be planned. `gpus`: the field that makes a run of a
    task.
    """
    rows = [_row(step, zone) for step in planned.steps]
    titles = ("", "run", "pool", "GPUs", "start", "end", "why")
    if rows:
        output.table(titles, rows, numbers=(3,))
    elif planned.schedule.placements or planned.problems:
        click.echo("Nothing to do: the dates of all runs are up to date.")
    else:
        click.echo(f'No run: an open task is one if its field "{gpus}" has a number.')
    show_problems(planned.problems, planned)
    click.echo(summary(planned))


def show_problems(problems: "Iterable[Problem]", planned: "SchedulePlan") -> None:
    """A line for each, with what to do."""
    for problem in problems:
        name = planned.names.get(problem.run_id, problem.run_id)
        subject = f"{name} ({problem.run_id}): " if problem.run_id else ""
        hint = f" {problem.hint}" if problem.hint else ""
        click.secho(f"! {subject}{problem.text}.{hint}", fg="magenta")


def summary(planned: "SchedulePlan") -> str:
    """How much there is to write, and how many runs have a window."""
    new = len(planned.steps) - planned.moves
    return (
        f"{new} to be placed, {planned.moves} to be moved, "
        f"{format_count(len(planned.schedule.placements), 'run')} in the schedule: "
        f"{format_count(len(planned.steps), 'call')}."
    )


def code(planned: "SchedulePlan") -> ExitCode:
    """2 if there is something to write; 3 if only people can help."""
    if planned.steps:
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if planned.problems else ExitCode.DONE


def plain(planned: "SchedulePlan") -> dict[str, Any]:
    """As JSON."""
    return {
        "steps": [plain_step(step) for step in planned.steps],
        "problems": [
            {"task": problem.run_id, "text": problem.text, "hint": problem.hint}
            for problem in planned.problems
        ],
        "schedule": [
            {
                "task": placement.run.id,
                "state": placement.run.state,
                "start_ms": placement.window.start_ms,
                "end_ms": placement.window.end_ms,
                "why": placement.why,
            }
            for placement in planned.schedule.placements
        ],
    }


def plain_step(step: "Step") -> dict[str, Any]:
    """As JSON."""
    return {
        "task": step.task_id,
        "operation": "move" if step.is_move else "place",
        "before": step.change.before,
        "after": step.change.after,
        "why": step.placement.why,
    }


def _row(step: "Step", zone: str) -> tuple[Any, ...]:
    window, run = step.placement.window, step.placement.run
    start, end = moment(window.start_ms, zone), moment(window.end_ms, zone)
    sign = "~" if step.is_move else "+"
    return sign, run.name, run.pool, run.gpus, start, end, step.placement.why


def moment(at_ms: int, zone: str) -> str:
    """On the clocks of the team, with the day of the week."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{at:%a %Y-%m-%d %H:%M}"
