"""Write start and due dates of training runs. Applying it again writes nothing.

Shows the plan and asks first. More moves than `schedule.moves` are refused without `--allow`.
`clickup-mlops undo` with the event that it prints restores the dates. Exits 3 if runs remain that
only people can help, 1 if ClickUp refused some.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.schedule.cli.schedule import _show
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.automations.perform import State
    from clickup_mlops.features.schedule.changes import SchedulePlan, Step

_DID = {
    "done": "written",
    "shadow": "not written: automations.mode is shadow",
    "refused": "refused",
    "overtaken": "not written: somebody has changed its dates meanwhile",
    "capped": "reached schedule.writes_per_hour",
}


@click.command(help=__doc__)
@click.option("--allow", type=click.IntRange(0), metavar="N", help="Move up to N runs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.config
@options.as_json
def command(*, allow: int | None, yes: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.schedule.package import SchedulePackage
    from clickup_mlops.features.schedule.settings import ScheduleSettings

    with options.open_bot(config, "create") as bot:
        package = bot.get(SchedulePackage)
        planned = package.plan(allow)
        if not as_json:
            gpus = bot.settings.table(ScheduleSettings).fields.gpus
            _show.show(planned, bot.settings.jobs.time_zone, gpus)
        most = package.settings.moves if allow is None else allow
        _must_be_safe(planned, most)
        cause, results = package.cause(), []
        if planned.steps:
            _confirm(yes=yes)
            steps = package.apply(planned, cause)
            results = [*output.progress(steps, len(planned.steps), "Writing")]
    return _report(planned, results, cause, as_json)


def _confirm(*, yes: bool) -> None:
    """Raises InputError: there is no terminal to ask on."""
    from clickup_mlops.errors import InputError

    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError("this needs confirmation", hint="Review the plan first, then use --yes.")
    click.confirm("Write these dates?", abort=True, err=True)


def _must_be_safe(planned: "SchedulePlan", most: int) -> None:
    """Raises UnsafePlan."""
    from clickup_mlops.errors import UnsafePlan

    if planned.moves > most:
        raise UnsafePlan(
            f"{format_count(planned.moves, 'run')} would get another start, and {most} may",
            hint=f"Review `schedule plan`, then use --allow {planned.moves}.",
        )


def _report(
    planned: "SchedulePlan", results: "list[tuple[Step, State]]", cause: str, as_json: bool
) -> int:
    states = Counter(state for _step, state in results)
    if as_json:
        written = [{**_show.plain_step(step), "state": state} for step, state in results]
        output.json_value({**_show.plain(planned), "event": cause, "results": written})
    else:
        for state, count in states.items():
            click.echo(f"{count} {_DID.get(state, state)}.")
        if states["done"]:
            click.echo(f"Undo this with: clickup-mlops undo event:{cause} --yes")
    if states["refused"]:
        return ExitCode.ERROR
    if states.total() != states["done"]:
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if planned.problems else ExitCode.DONE
