"""List who is on call in each rotation, until when, and who is next.

`/oncall` in a comment does that too, takes a shift over, or exchanges two. Makes no API calls.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.shifts.board import Row

COLUMNS = ("rotation", "on call", "until", "next", "source")


@click.command(help=__doc__)
@options.config
@options.as_json
def command(config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.shifts.board import rows
    from clickup_mlops.features.shifts.settings import ShiftsSettings
    from clickup_mlops.features.shifts.shifts import Shifts

    settings = options.settings(config)
    with options.open_store(config) as store:
        shifts = Shifts(settings.people, settings.table(ShiftsSettings), store)
        rotations = rows(shifts, clock.now_ms())
    if as_json:
        output.json_value({"rotations": [*map(asdict, rotations)]})
    elif rotations:
        output.table(COLUMNS, [_cells(row) for row in rotations])
    else:
        click.echo("No rotation is set up in [people].")
    return ExitCode.DONE


def _cells(row: "Row") -> tuple[str, ...]:
    until = output.when(row.until_ms) if row.until_ms else ""
    return row.rotation, row.on_call, until, row.next, row.source
