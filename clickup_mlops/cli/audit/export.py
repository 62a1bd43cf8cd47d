"""Export the audit to FILE, a JSON line for each change, oldest first; `-` is standard output.

`audit verify --file FILE` verifies an export without filters.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.audit import _filters
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.argument("file", type=_options.FILE_OR_STDOUT)
@_filters.options
@_options.config
def command(file: Path, wanted: dict[str, str | None], config: Path | None) -> int:
    from clickup_mlops.operations import audit

    with _options.open_store(config) as store:
        count = _out.write_lines(file, audit.export(store, _filters.filter_of(wanted)))
    click.echo(f"{format_count(count, 'change')} exported.", err=True)
    return 0
