"""List which automation is muted on which task, until when, and by whom.

`/mute` in a comment does that, and an undo for the automation whose change it undid.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.cli import _clock, _options, _out

COLUMNS = ("automation", "task", "until", "by", "user", "because")


@click.command(help=__doc__)
@click.option("--task", help="Only of this task: its id or address.")
@_options.config
@_options.as_json
def command(task: str | None, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.mutes import mutes

    wanted = task and _options.task_id(task)
    with _options.open_store(config) as store:
        found = mutes(store, _clock.now_ms(), wanted)
    if as_json:
        _out.json_value({"mutes": [asdict(one) for one in found]})
    elif not found:
        click.echo(f"No automation is muted{f' on task {wanted}' if wanted else ''}.")
    else:
        rows = [
            (m.automation, m.task_id, _out.when(m.until_ms), m.set_by, m.user_name, m.because)
            for m in found
        ]
        _out.table(COLUMNS, rows)
    return 0
