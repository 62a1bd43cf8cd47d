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

    muted_task_id = task and options.task_id(task)
    with options.open_store(config) as store:
        matches = mutes(store, clock.now_ms(), muted_task_id)
    if as_json:
        output.json_value({"mutes": [asdict(mute) for mute in matches]})
    elif not matches:
        click.echo(f"No automation is muted{f' on task {muted_task_id}' if muted_task_id else ''}.")
    else:
        rows = [
            (m.automation, m.task_id, output.when(m.until_ms), m.set_by, m.user_name, m.because)
            for m in matches
        ]
        output.table(COLUMNS, rows)
    return ExitCode.DONE
