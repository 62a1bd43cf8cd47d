"""Explain why TASK has its priority.

TASK is a task id or the task's address. Shows the deciding rule, the evidence, the scores, the
runner-up, and the event that set it. The same decision always gives the same text.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import InputError


@click.command(help=__doc__)
@click.argument("task")
@_options.config
@_options.as_json
def command(task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.routing.decision import Decision
    from clickup_mlops.routing.explain import explain

    task_id = _options.task_id(task)
    with _options.open_store(config) as store:
        row = store.decisions.latest(task_id)
    if row is None:
        raise InputError(
            f"No decision about task {task_id} is recorded",
            hint="It decides when an event about it arrives: `clickup-mlops events list`.",
        )
    if as_json:
        _out.json_value(row.body | {"event": row.event_key, "decided_ms": row.decided_ms})
    else:
        click.echo(explain(Decision.from_dict(row.body)))
    return 0
