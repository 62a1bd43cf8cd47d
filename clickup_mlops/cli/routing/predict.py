"""Classify the tasks in FILE, one JSON object a line: `id`, `title`, `body`.

Prints a line for each with `id`, `workload`, `incident`, `confidence` (in the workload),
`incident_confidence` and `evidence`. FILE `-` is standard input. A line that cannot be read is
reported and skipped; the exit code is then 1.
"""

import json
from pathlib import Path
from typing import BinaryIO

import click

from clickup_mlops.cli import _options


@click.command(help=__doc__)
@click.argument("file", type=click.File("rb"))
@_options.config
def command(file: BinaryIO, config: Path | None) -> int:
    from clickup_mlops.routing.classifier.lines import BadLine, predict_lines

    with _options.open_bot(config) as bot:
        classifier = bot.context.classifier
    bad = 0
    for line in predict_lines(file, classifier):
        if isinstance(line, BadLine):
            click.echo(f"Error: {file.name}, {line}", err=True)
            bad += 1
        else:
            click.echo(json.dumps(line, ensure_ascii=False))
    return 1 if bad else 0
