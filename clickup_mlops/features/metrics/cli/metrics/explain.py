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
        fields = operations.explain(bot, task_id)
    if as_json:
        output.json_value({"fields": [asdict(field) for field in fields]})
    elif not fields:
        click.echo(f"No field of task {task_id} is kept by the bot. See `metrics push --dry-run`.")
    for field in () if as_json else fields:
        click.echo(_text(field))
    return ExitCode.DONE


def _text(field: "Explained") -> str:
    from clickup_mlops.features.metrics.placement.planning import format_value

    lines = [
        f"{field.field}: {format_value(field.now)}",
        f"  measure  {field.measure} of source {field.source}; bound by {field.origin}",
        f"  derived  {field.summary}" if field.summary else "",
        f"  series   {field.labels}" if field.labels else "",
        f"  combined {field.aggregate}" if field.aggregate else "",
        f"  window   {field.window_ms / 1000:g} s" if field.window_ms else "",
        f"  reading  {_reading(field)}{output.when(field.sample_ms)}",
        f"  written  {format_value(field.written)} at {output.when(field.written_ms)}",
        f"  shared   {field.shared}" if field.shared else "",
        f"  left to a person until {output.when(field.held_until_ms)}" if _is_held(field) else "",
    ]
    return "\n".join(line for line in lines if line)


def _reading(field: "Explained") -> str:
    from clickup_mlops.features.metrics.placement.planning import format_value

    return "" if field.reading is None else f"{format_value(field.reading)} at "


def _is_held(field: "Explained") -> bool:
    return field.held_until_ms > clock.now_ms()
