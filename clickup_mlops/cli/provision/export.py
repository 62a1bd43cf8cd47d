"""Print a live space as a template. Reads only.

The result plans to nothing for the same space, and builds the same one elsewhere. Left out are
people, comments and files; tasks, unless `--tasks`; and what the API does not show: automations,
dashboards, the questions of a form.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@click.argument("space")
@click.option("--tasks", is_flag=True, help="Also open tasks, as starter tasks.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it here.")
@_options.config
@_options.as_json
def command(space: str, tasks: bool, out: Path | None, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.operations.provisioning.export import export

    with _options.open_bot(config, "temporary") as bot:
        text = export(bot, space, tasks=tasks)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    elif as_json:
        _out.json_value({"space": space, "template": text})
    else:
        click.echo(text, nl=False)
    return 0
