"""Say why the fields of TASK have their values: source, measure, series, times."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.metrics.operations import Explained


@click.command(help=__doc__)
@click.argument("task")
@options.config
@options.as_json
def command(task: str, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.metrics import operations

    task_id = options.task_id(task)
    with options.open_bot(config) as bot:
        found = operations.explain(bot, task_id)
    if as_json:
        output.json_value({"fields": [asdict(one) for one in found]})
    elif not found:
        click.echo(f"No field of task {task_id} is kept by the bot. See `metrics push --dry-run`.")
    for one in () if as_json else found:
        click.echo(_text(one))
    return ExitCode.DONE


def _text(one: "Explained") -> str:
    from clickup_mlops.features.metrics.placement.planning import shown

    lines = [
        f"{one.field}: {shown(one.now)}",
        f"  measure  {one.measure} of source {one.source}; bound by {one.origin}",
        f"  derived  {one.summary}" if one.summary else "",
        f"  series   {one.labels}" if one.labels else "",
        f"  reading  {output.when(one.sample_ms)}",
        f"  written  {shown(one.written)} at {output.when(one.written_ms)}",
        f"  shared   {one.shared}" if one.shared else "",
        f"  left to a person until {output.when(one.held_until_ms)}" if _is_held(one) else "",
    ]
    return "\n".join(line for line in lines if line)


def _is_held(one: "Explained") -> bool:
    return one.held_until_ms > clock.now_ms()
