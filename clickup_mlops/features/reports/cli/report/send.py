"""Send a report now to its targets: about the last period that is over, or another one.

A page, message or comment of the same period is updated in place; an e-mail is sent again with the
same Message-ID. Exits 2 if a target did not get it yet and the bot tries again, 1 if it failed and
its event is parked.
"""

import time
from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("name")
@click.option(
    "--period",
    help="Such as 2026-11-27 or 2026-W48; a milestone's task, an incident. Default: the last one.",
)
@click.option("--target", "targets", multiple=True, help="Only this target; may be repeated.")
@options.config
@options.as_json
def command(
    name: str, period: str | None, targets: tuple[str, ...], config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.reports.operations import sending

    with options.open_bot(config, "create") as bot:
        result = sending.send(bot, name, period=period, targets=targets, wait=time.sleep)
    if as_json:
        output.json_value(
            {
                "report": result.name,
                "period": result.period.name,
                "targets": [asdict(delivered) for delivered in result.targets],
            }
        )
    else:
        rows = [
            (delivered.target, delivered.place, delivered.state, delivered.problem)
            for delivered in result.targets
        ]
        title = f"{result.name}, {result.period.name}"
        output.table(("target", "place", "state", "problem"), rows, title=title)
        if any(delivered.state == "shadow" for delivered in result.targets):
            click.echo('Nothing is sent until automations.mode = "on".', err=True)
    states = {target.state for target in result.targets}
    if "failed" in states:
        return ExitCode.ERROR
    return ExitCode.WORK_TO_DO if "waits" in states else ExitCode.DONE
