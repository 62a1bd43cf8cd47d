"""Is the network ready for a move? Reads files of hosts and switches; changes nothing.

PATHS are what `network check` takes: archives of its `--script`, SONiC's config_db.json, folders.
Each setting is compared with the profile of its fabric, and hosts with each other. Which load
balancing fits is unknown: that takes the traffic of uplinks, see `network balance`. Exits as
`network check` does.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from clickup_mlops.features.network.check.model import Machine, Row

_BALANCING = "load balancing: unknown without the traffic of uplinks; a host's ports do not show it"


@click.command(help=__doc__)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.config
@options.as_json
def command(paths: tuple[Path, ...], config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.network.check import across, operations
    from clickup_mlops.features.network.check.profile import Profile
    from clickup_mlops.features.network.settings import NetworkSettings

    fabrics = options.settings(config).table(NetworkSettings).fabrics
    checked = operations.check_files(paths, fabrics or {"": Profile()})
    between = across.compare_hosts(_machines(paths))
    rows = [*(row for row in checked.rows if row.state != "pass"), *between]
    if as_json:
        balancing = {"load_balancing": "unknown", "problems": checked.problems}
        output.json_value({"settings": [asdict(row) for row in rows], **balancing})
    else:
        _print(rows, passed=len(checked.rows) + len(between) - len(rows))
    for problem in checked.problems:
        click.echo(problem, err=True)
    return _exit_code(rows, bool(checked.problems))


def _machines(paths: tuple[Path, ...]) -> Iterator["Machine"]:
    """Those that can be read; the others are named by the check."""
    from clickup_mlops.features.network.check import operations

    for path in operations.list_files(paths):
        try:
            yield operations.read_machine(path)
        except ClickUpMlopsError:
            continue


def _print(rows: list["Row"], *, passed: int) -> None:
    columns = ("machine", "port", "setting", "expected", "actual", "state", "fix with")
    cells = [
        (row.machine, row.port, row.setting, row.expected, row.actual, row.state, row.command)
        for row in rows
    ]
    output.table(columns, cells, nothing="All settings are right, and the same on all hosts.")
    states = [row.state for row in rows]
    click.echo(f"{passed} pass, {states.count('fix')} fix, {states.count('unknown')} unknown.")
    click.echo(_BALANCING)


def _exit_code(rows: list["Row"], has_problems: bool) -> ExitCode:
    states = {row.state for row in rows}
    if has_problems:
        return ExitCode.ERROR
    if "fix" in states:
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if "unknown" in states else ExitCode.DONE
