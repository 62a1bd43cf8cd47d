"""Export the audit to FILE, a JSON line for each change, oldest first; `-` is standard output.

`audit verify --file FILE` verifies an export without filters.
"""

from pathlib import Path
from typing import TextIO

import click

from clickup_mlops.cli import _options
from clickup_mlops.cli.audit import _filters
from clickup_mlops.spelling import counted


@click.command(help=__doc__)
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True))
@_filters.options
@_options.config
def command(file: TextIO, wanted: dict[str, str | None], config: Path | None) -> int:
    from clickup_mlops.operations import audit

    with _options.open_store(config) as store:
        count = audit.export(store, _filters.filter_of(wanted), file)
    click.echo(f"{counted(count, 'change')} exported.", err=True)
    return 0
