"""Make one pass now: read the sources, place the numbers on tasks, write what changed.

Rates and percentiles need two scrapes: they are made `--window` seconds apart. `--dry-run` writes
nothing and says what would be written. Exits 1 when something could not be read or placed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.metrics.cli.metrics import _window
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.metrics.jobs.push import Pushed

UNBOUND = "No number is bound to a field. `clickup-mlops metrics suggest` proposes bindings."


@click.command(help=__doc__)
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@_window.option
@options.config
@options.as_json
def command(dry_run: bool, window: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.metrics import operations

    with options.open_bot(config, "create") as bot:
        pushed = operations.push(bot, wait=_window.waiting(window), dry_run=dry_run)
    if as_json:
        output.json_value(_plain(pushed))
    else:
        _print(pushed, dry_run=dry_run)
    return ExitCode.ERROR if pushed.problems or pushed.unplaced else ExitCode.DONE


def _plain(pushed: "Pushed") -> dict[str, object]:
    return {
        "writes": [
            {
                "task": write.task.id,
                "field": write.field.name,
                "before": write.before,
                "after": write.after,
                "reason": write.reason,
                "state": state,
            }
            for write, state in pushed.writes
        ],
        "unplaced": [
            {"field": entry.binding.field, "labels": dict(entry.labels), "why": entry.why}
            for entry in pushed.unplaced
        ],
        "shared": [entry.text for entry in pushed.shared],
        "absent": list(pushed.absent),
        "problems": list(pushed.problems),
    }


def _print(pushed: "Pushed", *, dry_run: bool) -> None:
    rows = [
        (write.task.name, write.describe(), write.reason, "dry run" if dry_run else state)
        for write, state in pushed.writes
    ]
    if rows:
        output.table(("task", "field", "reason", "state"), rows)
    else:
        click.echo("Nothing to write." if pushed.bindings else UNBOUND)
    for entry in pushed.unplaced:
        click.echo(f"{entry.binding.field}: {entry.series}: {entry.why}", err=True)
    shared = (entry.text for entry in pushed.shared)
    for problem in (*shared, *pushed.absent, *pushed.problems):
        click.echo(problem, err=True)
