"""Write the workloads and incidents that people corrected to FILE, for `routing learn FILE`.

A JSON line for each task, with `title`, `body` and `workload`, and `incident` where people
confirmed or refused one; the texts as the bot last saw them.
"""

import json
from pathlib import Path
from typing import TextIO

import click

from clickup_mlops.cli import _clock, _options
from clickup_mlops.operations import times
from clickup_mlops.spelling import counted


@click.command(help=__doc__)
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True))
@click.option("--since", help=f"From then on: {times.EXAMPLES}. Default: all.")
@_options.config
def command(file: TextIO, since: str | None, config: Path | None) -> int:
    from clickup_mlops.bot.handling.corrections import lessons

    since_ms = times.moment("--since", since, _clock.now_ms()) or 0
    with _options.open_store(config) as store:
        lines = lessons(store, since_ms)
    for line in lines:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    click.echo(f"{counted(len(lines), 'correction')}.", err=True)
    return 0
