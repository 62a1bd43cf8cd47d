"""Explain why TASK has its priority.

TASK is a task id or the task's address. Shows the newest decision: whether it was written, what
decided, the evidence, the scores, the runner-up and the event; the priority that is held, for whom
and until when; and the automations that are muted on the task.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _clock, _options, _out


@click.command(help=__doc__)
@click.argument("task")
@_options.config
@_options.as_json
def command(task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.why import why

    policy = _options.settings(config).routing
    with _options.open_store(config) as store:
        found = why(store, policy, _options.task_id(task), _clock.now_ms())
    if as_json:
        _out.json_value(found.to_dict())
    else:
        click.echo(found.text())
    return 0
