"""Score the classifier on FILE: JSON lines with `title`, `body` and the true `workload`.

`incident` and `hard` (true or false) and `lang` (`en`, `zh` ...) are scored too where they are
given; lines without a workload are skipped. Lines that the classifier was trained on prove
nothing: keep a test set.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.lines import Line
    from clickup_mlops.routing.classifier.scores import Scores


@click.command(help=__doc__)
@click.argument("file", type=click.File("rb"))
@options.config
@options.as_json
def command(file: BinaryIO, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.routing.classifier.scores import evaluate

    with options.open_bot(config) as bot:
        scores = evaluate(list(_read_valid_lines(file)), bot.context.classifier)
    if as_json:
        output.json_value(scores.to_dict())
    else:
        _show(scores)
    return ExitCode.DONE


def _read_valid_lines(file: BinaryIO) -> "Iterator[Line]":
    from clickup_mlops.routing.classifier.lines import BadLine, read_lines

    for line in read_lines(file, with_id=False):
        if isinstance(line, BadLine):
            raise InputError(f"{file.name}, {line}")
        yield line


def _show(scores: "Scores") -> None:
    rates = {**scores.workloads, "incident": scores.incident}
    output.table(
        ("", "precision", "recall", "F1", "lines"),
        [
            (name, f"{rate.precision:.3f}", f"{rate.recall:.3f}", f"{rate.f1:.3f}", rate.lines)
            for name, rate in rates.items()
        ],
    )
    click.echo(
        f"macro-F1 {scores.macro_f1:.3f}, accuracy {scores.accuracy:.3f}: "
        f"{format_count(scores.lines, 'line')}"
    )
    shares = {
        "hard lines": scores.hard,
        "title only": scores.title_only,
        "not English": scores.not_english,
        "answered without abstaining": scores.accuracy_answered,
    }
    listed = (f"{name} {share:.3f}" for name, share in shares.items() if share is not None)
    click.echo(f"accuracy by kind: {', '.join(listed)}")
    if scores.incident.lines:
        _show_thresholds(scores)
    click.echo(
        f"abstains on {1 - scores.answered:.1%}, calibration error {scores.calibration_error:.3f} "
        f"(of incidents {scores.incident_calibration_error:.3f})"
    )


def _show_thresholds(scores: "Scores") -> None:
    output.table(
        ("routing.incident.threshold", "precision", "recall", "F1"),
        [
            (bar, f"{rate.precision:.3f}", f"{rate.recall:.3f}", f"{rate.f1:.3f}")
            for bar, rate in scores.incident_at.items()
        ],
    )
