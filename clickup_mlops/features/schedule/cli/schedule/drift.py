"""Compare the dates of runs with the schedule that the bot wrote. Made for a schedule.

Lists runs whose dates people changed (those are pinned), that did not start, and that run longer
than planned. Exits 0 without work, 2 if `schedule apply` would write dates, 3 if only people can
help.
"""

from pathlib import Path

import click

from clickup_mlops.features.schedule.cli.schedule import _show
from clickup_mlops.ports.cli import options, output


@click.command(help=__doc__)
@options.config
@options.as_json
def command(*, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.schedule.package import SchedulePackage

    with options.open_bot(config) as bot:
        planned = bot.get(SchedulePackage).plan()
    if as_json:
        differences = [
            {"task": difference.run_id, "text": difference.text}
            for difference in planned.differences
        ]
        output.json_value({**_show.plain(planned), "differences": differences})
    else:
        _show.show_problems(planned.differences, planned)
        _show.show_problems(planned.problems, planned)
        click.echo(_show.summary(planned))
    return _show.code(planned)
