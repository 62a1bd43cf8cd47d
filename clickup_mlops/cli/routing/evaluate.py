"""Score the classifier on FILE: JSON lines with `title`, `body` and the true `workload`.

`incident` and `hard` (true or false) are scored too where they are given. Lines that the
classifier was tuned on tell nothing: keep some apart.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.routing import _lines
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.cli.routing._scores import Judged
    from clickup_mlops.routing.classify import Classifier


@click.command(help=__doc__)
@click.argument("file", type=click.File(encoding="utf-8"))
@_options.config
@_options.as_json
def command(file: Any, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.cli.routing._scores import scores

    with _options.open_bot(config) as bot:
        judged = [_judge(bot.classifier, line) for line in _lines.read(file)]
    if not judged:
        raise InputError(f"{file.name}: there is no line to score")
    result = scores(judged)
    if as_json:
        _out.json_value(result)
    else:
        _show(result)
    return 0


def _judge(classifier: "Classifier", line: "_lines.Line | _lines.Bad") -> "Judged":
    from clickup_mlops.cli.routing._scores import Judged
    from clickup_mlops.routing.decision import WORKLOADS

    if isinstance(line, _lines.Bad):
        raise InputError(line.problem)
    truth = line.raw.get("workload")
    if truth not in WORKLOADS:
        raise InputError(
            f"line with id {line.id}: workload {truth!r}", hint=f"One of {', '.join(WORKLOADS)}"
        )
    found = classifier.classify(line.title, line.body)
    incident, hard = bool(line.raw.get("incident")), bool(line.raw.get("hard"))
    return Judged(truth, found.workload, incident, found.incident, hard)


def _show(result: dict[str, Any]) -> None:
    groups = [*result["workloads"].items(), ("incident", result["incident"])]
    _out.table(
        ("", "precision", "recall", "F1", "lines"),
        [
            (name, f"{s['precision']:.3f}", f"{s['recall']:.3f}", f"{s['f1']:.3f}", s["lines"])
            for name, s in groups
        ],
    )
    hard = result["hard_accuracy"]
    hard_text = "" if hard is None else f", on hard lines {hard:.3f}"
    click.echo(
        f"macro-F1 {result['macro_f1']:.3f}, accuracy {result['accuracy']:.3f}{hard_text}"
        f" ({result['lines']} lines)"
    )
