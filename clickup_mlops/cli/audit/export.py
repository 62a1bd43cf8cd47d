"""Write the record to FILE, a JSON line for each change, oldest first; `-` is standard output.

`audit verify --file FILE` proves an export without filters.
"""

import json
from pathlib import Path
from typing import TextIO

import click

from clickup_mlops.cli import _options
from clickup_mlops.cli.audit import _wanted


@click.command(help=__doc__)
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True))
@_wanted.options
@_options.config
def command(file: TextIO, wanted: dict[str, str | None], config: Path | None) -> int:
    count = 0
    with _options.open_store(config) as store:
        for entry in store.audit.select(_wanted.filter_of(wanted)):
            file.write(json.dumps(entry.as_dict(), ensure_ascii=False) + "\n")
            count += 1
    click.echo(f"{count} change(s) exported.", err=True)
    return 0
