"""Compare the RoCE settings of hosts and switches with the profile of their fabric.

PATHS are archives that `--script` makes on each machine, config_db.json files of SONiC, or folders
with them. Changes nothing. Exits 2 if a setting is to be fixed, 3 if some are only unknown, and 1
if a file could not be read.
"""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clickup_mlops.features.network.check.model import Row
    from clickup_mlops.features.network.check.operations import Checked


@click.command(help=__doc__)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--script", is_flag=True, help="Print the script that makes an archive; it reads only."
)
@click.option("--all", "with_passed", is_flag=True, help="List the settings that are right, too.")
@options.config
@options.as_json
def command(
    paths: tuple[Path, ...], script: bool, with_passed: bool, config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.network.check import operations
    from clickup_mlops.features.network.check.profile import Profile
    from clickup_mlops.features.network.settings import NetworkSettings

    if script:
        click.echo(operations.SCRIPT.read_text(encoding="utf-8"), nl=False)
        return ExitCode.DONE
    if not paths:
        raise click.UsageError("Name archives or folders, or get the script with --script.")
    fabrics = options.settings(config).table(NetworkSettings).fabrics
    checked = operations.check_files(paths, fabrics or {"": Profile()})
    if as_json:
        rows = [asdict(row) for row in checked.rows]
        output.json_value({"settings": rows, "problems": checked.problems})
    elif checked.rows:
        _print(checked, with_passed=with_passed)
        if not fabrics:
            click.echo("No [network.fabrics] is configured: its defaults were used.")
    for problem in checked.problems:
        click.echo(problem, err=True)
    return exit_code(checked.rows, has_problems=bool(checked.problems))


def _print(checked: "Checked", *, with_passed: bool) -> None:
    rows = [
        (row.machine, row.port, row.setting, row.expected, row.actual, row.state, row.command)
        for row in checked.rows
        if with_passed or row.state != "pass"
    ]
    columns = ("machine", "port", "setting", "expected", "actual", "state", "fix with")
    output.table(columns, rows, nothing="All settings are right.")
    counts = Counter(row.state for row in checked.rows)
    click.echo(f"{counts['pass']} pass, {counts['fix']} fix, {counts['unknown']} unknown.")


def exit_code(rows: "Iterable[Row]", *, has_problems: bool) -> ExitCode:
    """1 if a file was not read, 2 if a setting is to be fixed, 3 if some are only unknown."""
    states = {row.state for row in rows}
    if has_problems:
        return ExitCode.ERROR
    if "fix" in states:
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if "unknown" in states else ExitCode.DONE
