"""Classify the tasks in FILE, one JSON object a line: `id`, `title`, `body`.

Prints a line for each with `id`, `workload`, `incident`, `confidence` and `evidence`. FILE `-` is
standard input. A line that cannot be read is reported, the others go on, and the exit code is 1.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options
from clickup_mlops.cli.routing import _lines

if TYPE_CHECKING:
    from clickup_mlops.routing.classify import Classifier


@click.command(help=__doc__)
@click.argument("file", type=click.File(encoding="utf-8"))
@_options.config
def command(file: Any, config: Path | None) -> int:
    with _options.open_bot(config) as bot:
        classifier = bot.classifier
    bad = 0
    for line in _lines.read(file):
        if isinstance(line, _lines.Bad):
            click.echo(f"Error: {line.problem}", err=True)
            bad += 1
        else:
            click.echo(json.dumps(_predict(classifier, line), ensure_ascii=False))
    return 1 if bad else 0


def _predict(classifier: "Classifier", line: "_lines.Line") -> dict[str, Any]:
    found = classifier.classify(line.title, line.body)
    return {
        "id": line.id,
        "workload": found.workload,
        "incident": found.incident,
        "confidence": found.confidence,
        "evidence": list(found.evidence),
    }
