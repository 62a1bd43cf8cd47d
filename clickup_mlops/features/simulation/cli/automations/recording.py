"""Show what is recorded for simulations, or export it as JSON lines.

Recorded are the events and the tasks as they were read: the file holds the texts of your tasks.
"""

from pathlib import Path

import click

from clickup_mlops.features.simulation.tables.recordings import Recordings
from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options
from clickup_mlops.ports.cli import output as _out
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@click.option("--since", help=f"Only from then on: {times.EXAMPLES}.")
@options.config
@options.as_json
def command(output: Path | None, since: str | None, config: Path | None, as_json: bool) -> int:
    since_ms = times.moment("--since", since, clock.now_ms()) or 0
    with options.open_store(config) as store:
        count, first, last = store.table(Recordings).span()
        if output is not None:
            from clickup_mlops.features.simulation import recorded_lines

            count = recorded_lines.save(store.table(Recordings).since(since_ms), output)
    if as_json:
        _out.json_value({"recordings": count, "first_ms": first, "last_ms": last})
    elif output is not None:
        click.echo(f"{format_count(count, 'recording')} written to {output}")
    elif count:
        click.echo(
            f"{format_count(count, 'recording')} from {_out.when(first)} to {_out.when(last)}"
        )
    else:
        click.echo("Nothing is recorded: see automations.record, and let `serve` run for a while.")
    return ExitCode.DONE
