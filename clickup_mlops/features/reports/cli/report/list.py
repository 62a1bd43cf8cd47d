"""List the kinds of reports: how their periods are named, and their sections."""

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.as_json
def command(as_json: bool) -> int:
    from dataclasses import asdict

    from clickup_mlops.features.reports.operations import building as reports

    report_kinds = reports.kinds()
    if as_json:
        output.json_value({"reports": [asdict(kind) for kind in report_kinds]})
    else:
        rows = [(kind.every, kind.period, ", ".join(kind.sections)) for kind in report_kinds]
        output.table(("kind", "period", "sections"), rows)
    return ExitCode.DONE
