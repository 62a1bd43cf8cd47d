"""Write the report for the people who must sign off, as HTML or Markdown. Makes no API calls.

It says what moved, what changed its form, what was lost, what failed and how to retry it, what must
be done by hand, and what the last verification found.
"""

from pathlib import Path

import click

from clickup_mlops import files
from clickup_mlops.features.migration.cli.migrate import _options
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@_options.mapping_file
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write: `.html` or `.md`.",
)
@_options.config
def command(file: Path, out: Path, config: Path | None) -> int:
    from clickup_mlops.features.migration.operations import report
    from clickup_mlops.ports.cli import options as shared

    write = report.renderer(out)
    with shared.open_store(config) as store:
        migration_report = report.report(store, file)
    files.write(out, write(migration_report))
    click.echo(f"{report.status(migration_report)} The report is in {out}.")
    return ExitCode.DONE
