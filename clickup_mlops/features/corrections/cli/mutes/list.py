"""List which automation is muted on which task, until when, and by whom.

`/mute` in a comment does that, and an undo for the automation whose change it undid.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

COLUMNS = ("automation", "task", "until", "by", "user", "because")


@click.command(help=__doc__)
@click.option("--task", help="Only of this task: its id or address.")
@options.config
@options.as_json
def command(task: str | None, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.corrections.mutes import mutes

    wanted = task and options.task_id(task)
    with options.open_store(config) as store:
        found = mutes(store, clock.now_ms(), wanted)
    if as_json:
        output.json_value({"mutes": [asdict(one) for one in found]})
    elif not found:
        click.echo(f"No automation is muted{f' on task {wanted}' if wanted else ''}.")
    else:
        rows = [
            (m.automation, m.task_id, output.when(m.until_ms), m.set_by, m.user_name, m.because)
            for m in found
        ]
        output.table(COLUMNS, rows)
    return ExitCode.DONE
