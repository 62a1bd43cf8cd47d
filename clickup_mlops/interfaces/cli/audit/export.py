"""Export the audit to FILE, a JSON line for each change, oldest first; `-` is standard output.

`audit verify --file FILE` verifies an export without filters.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import filters, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.argument("file", type=options.FILE_OR_STDOUT)
@filters.options
@options.config
def command(file: Path, criteria: dict[str, str | None], config: Path | None) -> int:
    from clickup_mlops.operations import audit

    with options.open_store(config) as store:
        count = output.write_lines(file, audit.export(store, filters.filter_of(criteria)))
    click.echo(f"{format_count(count, 'change')} exported.", err=True)
    return ExitCode.DONE
