"""List the kinds of reports: how their periods are named, and their sections."""

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.as_json
def command(as_json: bool) -> int:
    from dataclasses import asdict

    from clickup_mlops.features.reports.operations import building as reports

    found = reports.kinds()
    if as_json:
        output.json_value({"reports": [asdict(one) for one in found]})
    else:
        rows = [(one.every, one.period, ", ".join(one.sections)) for one in found]
        output.table(("kind", "period", "sections"), rows)
    return ExitCode.DONE
