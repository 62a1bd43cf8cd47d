"""Trigger an automation for a task, without waiting for an event.

The running bot evaluates it immediately; its condition, cap, mode and mutes hold. `automations runs
NAME` shows the result.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@click.argument("name")
@click.option("--task", required=True, help="Its id or address.")
@_options.config
@_options.as_json
def command(name: str, task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.automations.trigger import trigger

    with _options.open_bot(config) as bot:
        key = trigger(bot, name, _options.task_id(task))
    if as_json:
        _out.json_value({"key": key})
    else:
        click.echo(f"Triggered, as event {key}.")
    return 0
