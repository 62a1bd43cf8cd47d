"""Show where each waiting run stands, and when it will start. Changes nothing.

It starts with a probability of 80% between the two times of the interval. They come from how long
ended runs took, compared with their estimates; as long as fewer than eight have ended, from an
assumption (0.6 to 2 times the estimate).
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.features.schedule.cli.schedule import _show
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

_TITLES = ("pool", "#", "run", "GPUs", "start", "between", "and", "why")


@click.command(help=__doc__)
@options.config
@options.as_json
def command(*, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.schedule.package import SchedulePackage

    with options.open_bot(config, "temporary") as bot:
        package = bot.get(SchedulePackage)
        snapshot = package.snapshot(package.plan())
        zone = bot.settings.jobs.time_zone
    waiting = [run for run in snapshot.runs if run.position]
    if as_json:
        output.json_value({"runs": [asdict(run) for run in waiting], "ended": snapshot.ended})
        return ExitCode.DONE
    rows = [
        (
            run.pool,
            run.position,
            run.name,
            run.gpus,
            *(_show.moment(at_ms, zone) for at_ms in (run.start_ms, run.low_ms, run.high_ms)),
            run.why,
        )
        for run in sorted(waiting, key=lambda run: (run.pool, run.position))
    ]
    output.table(_TITLES, rows, nothing="No run waits.", numbers=(1, 3))
    return ExitCode.DONE
