"""List the kinds of reports: how their periods are named, and their sections."""

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@_options.as_json
def command(as_json: bool) -> int:
    from dataclasses import asdict

    from clickup_mlops.operations.reports import building as reports

    found = reports.kinds()
    if as_json:
        _out.json_value({"reports": [asdict(one) for one in found]})
    else:
        rows = [(one.every, one.period, ", ".join(one.sections)) for one in found]
        _out.table(("kind", "period", "sections"), rows)
    return 0
