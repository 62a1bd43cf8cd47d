"""Show what applying a template would change. Changes nothing.

`+` create, `~` change, `=` adopt, `!` manual: to be done in ClickUp. What the template does
not name is never changed. `--out` keeps the plan for `provision apply --plan`. Exits 2 if there is
work for `provision apply`, 3 if manual steps remain.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops import files
from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options, output

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.operations.request import Request
    from clickup_mlops.features.provisioning.plan.model import Plan
    from clickup_mlops.features.provisioning.plan.render import Line

_COLOURS = {"create": "green", "update": "yellow", "adopt": "cyan", "manual": "magenta"}


@click.command(help=__doc__)
@_request.options
@_request.targets
@click.option("--all", "show_all", is_flag=True, help="Also show what is up to date.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the plan here.")
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request.")
@options.config
@options.as_json
def command(
    *,
    request: "Request",
    show_all: bool,
    markdown: bool,
    out: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.operations import plan as planning
    from clickup_mlops.features.provisioning.operations import workspace
    from clickup_mlops.features.provisioning.plan import render

    with _request.open_bot(config, "temporary") as bot:
        plan = planning.plan(bot, request)
        per_minute = workspace.per_minute(bot)
        _request.warn(bot, plan)
    if out is not None:
        files.write(out, planning.dumps(plan))
    if as_json:
        output.json_value(plan.to_dict())
    elif markdown:
        click.echo(render.markdown(plan))
    else:
        show(plan, show_all=show_all, per_minute=per_minute)
    return _acting.code(plan)


def show(plan: "Plan", *, show_all: bool, per_minute: int) -> None:
    """Print the tree and what it costs."""
    from clickup_mlops.features.provisioning.plan import render

    for line in render.lines(plan, show_all=show_all):
        click.echo(_coloured(line))
    if not plan.work:
        click.echo("Nothing to do: the workspace is up to date.")
    for text in render.summary(plan, per_minute=per_minute):
        click.echo(text)


def _coloured(line: "Line") -> str:
    colour = _COLOURS.get(line.operation or "")
    return click.style(str(line), fg=colour) if colour else str(line).rstrip()
