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
    from clickup_mlops.operations.why import WhyFile, why

    settings = options.tables(config, WhyFile)
    names, policy = settings.automations.names, settings.routing
    with options.open_store(config, settings) as store:
        explanation = why(store, policy, options.task_id(task), clock.now_ms(), names)
    if as_json:
        output.json_value(explanation.to_dict())
    else:
        click.echo(explanation.text(settings.jobs.time_zone))
    return ExitCode.DONE
