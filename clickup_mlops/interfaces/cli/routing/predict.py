"""Classify the tasks in FILE, one JSON object a line: `id`, `title`, `body`.

Prints a line for each with `id`, `workload`, `incident`, `confidence`, `abstain`,
`incident_confidence` and `evidence`, by the configured thresholds. `workload` is the best guess; if
`abstain` is true, routing takes `routing.unclear` instead. FILE `-` is standard input. A line that
cannot be read is reported and skipped; the exit code is then 1.
"""

import json
from pathlib import Path
from typing import BinaryIO

import click

from clickup_mlops.ports.cli import options
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("file", type=click.File("rb"))
@options.config
def command(file: BinaryIO, config: Path | None) -> int:
    from clickup_mlops.routing.classifier.lines import BadLine, Bars, predict_lines

    with options.open_bot(config) as bot:
        classifier, policy = bot.context.classifier, bot.settings.routing
    error_count = 0
    bars = Bars(policy.min_confidence, policy.incident.live_from)
    for line in predict_lines(file, classifier, bars):
        if isinstance(line, BadLine):
            click.echo(f"Error: {file.name}, {line}", err=True)
            error_count += 1
        else:
            click.echo(json.dumps(line, ensure_ascii=False))
    return ExitCode.ERROR if error_count else ExitCode.DONE
