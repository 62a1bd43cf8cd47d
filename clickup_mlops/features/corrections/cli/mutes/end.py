"""Let AUTOMATION act again on the tasks on which it is muted, from their next event on.

A priority that an undo restored is held until its time is over, unless --release is given.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("automation")
@click.option("--task", help="Only on this task: its id or address.")
@click.option("--release", is_flag=True, help="Also release priorities that an undo keeps there.")
@options.config
@options.as_json
def command(
    automation: str, task: str | None, *, release: bool, config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.corrections.mutes import end

    settings = options.settings(config).automations
    muted_task_id = task and options.task_id(task)
    with options.open_store(config) as store:
        tasks = end(store, settings, automation, muted_task_id, clock.now_ms(), release=release)
    where = f"task {muted_task_id}" if muted_task_id else "any task"
    output.lines("unmuted", tasks, as_json, nothing=f"{automation} is not muted on {where}.")
    return ExitCode.DONE
