"""Print a live space as a template. Reads only.

The result plans to nothing for the same space, and builds the same one elsewhere. Left out are
people, comments and files; tasks, unless `--tasks`; and what the API does not show: automations,
dashboards, the questions of a form.
"""

from pathlib import Path

import click

from clickup_mlops import files
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.cli.provision import _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@click.argument("space")
@click.option("--tasks", is_flag=True, help="Also open tasks, as starter tasks.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it here.")
@click.option("--force", is_flag=True, help="Replace the file of --out.")
@options.config
@options.as_json
def command(
    *, space: str, tasks: bool, out: Path | None, force: bool, config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.provisioning.operations.export import export

    if out is not None and out.exists() and not force:
        raise InputError(f"{out} exists", hint="Choose another name, or replace it with --force.")
    with _request.open_bot(config, "temporary") as bot:
        text = export(bot, space, tasks=tasks, report=_left_out)
    if out is not None:
        files.write(out, text)
    elif as_json:
        output.json_value({"space": space, "template": text})
    else:
        click.echo(text, nl=False)
    return ExitCode.DONE


def _left_out(text: str) -> None:
    click.secho(f"! {text}", fg="magenta", err=True)
