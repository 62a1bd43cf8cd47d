"""Write the workloads and incidents that people corrected to FILE, for `routing learn FILE`.

A JSON line for each task, with `title`, `body` and `workload`, and `incident` where people
confirmed or refused one; the texts as the bot last saw them.
"""

import json
from pathlib import Path

import click

from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.argument("file", type=options.FILE_OR_STDOUT)
@click.option("--since", help=f"From then on: {times.EXAMPLES}. Default: all.")
@options.config
def command(file: Path, since: str | None, config: Path | None) -> int:
    from clickup_mlops.features.corrections.recognition import lessons

    since_ms = times.moment("--since", since, clock.now_ms()) or 0
    with options.open_store(config) as store:
        lines = lessons(store, since_ms)
    count = output.write_lines(file, (json.dumps(line, ensure_ascii=False) for line in lines))
    click.echo(f"{format_count(count, 'correction')}.", err=True)
    return ExitCode.DONE
