"""Explain why TASK has its priority.

TASK is a task id or the task's address. Shows the newest decision: whether it was written, what
decided, the evidence, the scores, the runner-up and the event; the priority that is held, for whom
and until when; and the automations that are muted on the task.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("task")
@options.config
@options.as_json
def command(task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.automations.load import read_folders
    from clickup_mlops.operations.why import why

    settings = options.settings(config)
    automation_settings = settings.automations
    # One that cannot be read is a matter of `check`.
    automations, _problems = read_folders(
        *automation_settings.folders, choices=automation_settings.by_name
    )
    with options.open_store(config) as store:
        task_id = options.task_id(task)
        explanation = why(store, settings.routing, task_id, clock.now_ms(), automations)
    if as_json:
        output.json_value(explanation.to_dict())
    else:
        click.echo(explanation.text())
    return ExitCode.DONE
