"""Check that everything is as wanted, what a person had to do included.

Ticks off what was done since, and lists the rest with the clicks and a link for each. Automations
and dashboards cannot be seen by any call: say with `--done NAME` that they are there. Exits 2 while
something is open.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _alone, _doing, _request

if TYPE_CHECKING:
    from clickup_mlops.provision.apply.verify import Verification
    from clickup_mlops.provision.manual.checklist import Checklist


@click.command(help=__doc__)
@_request.options
@click.option(
    "--done", multiple=True, metavar="NAME", help="This automation or dashboard is there."
)
@click.option(
    "--csv",
    "sheets",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Write the spreadsheets for ClickUp's importer into this folder.",
)
@_options.config
@_options.as_json
def command(
    *,
    request: _request.Request,
    done: tuple[str, ...],
    sheets: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.provision.apply import verify
    from clickup_mlops.provision.manual import checklist

    with _options.open_bot(config) as bot, _alone.alone(bot):
        _doing.settle(bot)
        want, journal = request.want(_request.automations(bot)), _request.journal(bot)
        plan = request.plan(bot, want)
        if done:
            verify.confirm(plan, journal, done)
            plan = request.plan(bot, want)
        found, todo = verify.verify(plan, journal), checklist.of(plan, bot.workspace_id)
    if sheets is not None:
        _write(todo, sheets)
    if as_json:
        _out.json_value(_plain(found, todo))
    else:
        _say(found, todo, sheets)
    return 0 if found.is_done else _doing.WORK


def _write(todo: "Checklist", folder: Path) -> None:
    for name, text in todo.files.items():
        # The importer's line ends are part of the text.
        (folder / name).write_bytes(text.encode())


def _plain(found: "Verification", todo: "Checklist") -> dict[str, object]:
    return {
        "done": found.is_done,
        "ticked": [[list(part) for part in path] for path in found.completed],
        "drift": [step.to_dict() for step in found.drift],
        **todo.to_dict(),
    }


def _say(found: "Verification", todo: "Checklist", folder: Path | None) -> None:
    from clickup_mlops.provision.tree import show

    for path in found.completed:
        click.secho(f"✓ {show(path)}", fg="green")
    for line in todo.lines():
        click.echo(line)
    if todo.files and folder is None:
        click.echo(f"`--csv FOLDER` writes {', '.join(todo.files)}.")
    if found.drift:
        click.echo(f"{len(found.drift)} things are not as wanted: `provision plan` shows them.")
    if found.is_done:
        click.echo("Everything is as wanted.")
