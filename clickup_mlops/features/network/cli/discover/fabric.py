"""Compare settings of hosts and switches, before a move. Reads files; changes nothing.

PATHS are what `network check` takes: archives of its `--script`, SONiC's config_db.json, folders.
Each setting is compared with the profile of its fabric, and hosts with each other; of each port its
link, address, PCIe link, NUMA node and rising errors are checked, and the leaf of its rail. Which
load balancing fits is unknown: that takes the traffic of uplinks, see `network balance`. Exits as
`network check` does.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.features.network.cli.network.check import exit_code
from clickup_mlops.ports.cli import options, output

if TYPE_CHECKING:
    from clickup_mlops.features.network.check.model import Row

_BALANCING = "load balancing: unknown without the traffic of uplinks; a host's ports do not show it"


@click.command(help=__doc__)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.config
@options.as_json
def command(paths: tuple[Path, ...], config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.network.check import across, operations, rails, readiness
    from clickup_mlops.features.network.check.profile import Profile
    from clickup_mlops.features.network.settings import NetworkSettings

    fabrics = options.settings(config).table(NetworkSettings).fabrics
    checked = operations.check_files(paths, fabrics or {"": Profile()})
    all_rows = (
        *checked.rows,
        *readiness.check_hosts(checked.machines),
        *rails.check_rails(checked.machines),
        *across.compare_hosts(checked.machines),
    )
    rows = [row for row in all_rows if row.state != "pass"]
    if as_json:
        balancing = {"load_balancing": "unknown", "problems": checked.problems}
        output.json_value({"settings": [asdict(row) for row in rows], **balancing})
    else:
        _print(rows, passed=len(all_rows) - len(rows))
    for problem in checked.problems:
        click.echo(problem, err=True)
    return exit_code(rows, has_problems=bool(checked.problems))


def _print(rows: list["Row"], *, passed: int) -> None:
    columns = ("machine", "port", "setting", "expected", "actual", "state", "fix with")
    cells = [
        (row.machine, row.port, row.setting, row.expected, row.actual, row.state, row.command)
        for row in rows
    ]
    right = "All settings are right, and the same on all hosts."
    output.table(columns, cells, nothing=right if passed else "Nothing was compared.")
    states = [row.state for row in rows]
    click.echo(f"{passed} pass, {states.count('fix')} fix, {states.count('unknown')} unknown.")
    click.echo(_BALANCING)
