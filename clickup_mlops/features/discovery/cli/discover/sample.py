"""Write a made-up export of Jira with history to FILE, to try `discover run` on."""

from pathlib import Path

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import clock
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(file: Path) -> int:
    import orjson

    from clickup_mlops import files
    from clickup_mlops.features.discovery import sample

    if file.exists():
        raise InputError(f"{file} exists", hint="Choose another name.")
    files.write(file, orjson.dumps(sample.build(clock.now_ms())))
    click.echo(f"clickup-mlops discover run jira {file}")
    return ExitCode.DONE
