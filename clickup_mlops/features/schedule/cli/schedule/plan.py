"""Show when training runs would start. Changes nothing.

`+` is placed for the first time, `~` gets another start. Running and pinned runs stay where they
are. A line with `!` is a run that cannot be placed, or ends after its deadline, and what to do.
Exits 2 if there is work for `schedule apply`, 3 if only people can help.
"""

from pathlib import Path

import click

from clickup_mlops.features.schedule.cli.schedule import _show
from clickup_mlops.ports.cli import options, output


@click.command(help=__doc__)
@click.option("--allow", type=click.IntRange(0), metavar="N", help="Move up to N runs.")
@options.config
@options.as_json
def command(*, allow: int | None, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.schedule.package import SchedulePackage
    from clickup_mlops.features.schedule.settings import ScheduleSettings

    with options.open_bot(config, "temporary") as bot:
        planned = bot.get(SchedulePackage).plan(allow)
        zone = bot.settings.jobs.time_zone
        gpus = bot.settings.table(ScheduleSettings).fields.gpus
    if as_json:
        output.json_value(_show.plain(planned))
    else:
        _show.show(planned, zone, gpus)
    return _show.code(planned)
