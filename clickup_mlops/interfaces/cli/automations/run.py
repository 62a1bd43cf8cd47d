"""Trigger an automation for a task, without waiting for an event.

The running bot evaluates it immediately; its condition, cap, mode and mutes hold. `automations runs
NAME` shows the result.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("name")
@click.option("--task", required=True, help="Its id or address.")
@options.config
@options.as_json
def command(name: str, task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.trigger import trigger

    with options.open_bot(config) as bot:
        key = trigger(bot, name, options.task_id(task))
    if as_json:
        output.json_value({"key": key})
    else:
        click.echo(f"Triggered, as event {key}.")
    return ExitCode.DONE
