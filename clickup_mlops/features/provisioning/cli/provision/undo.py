"""Undo an apply: delete what it created, restore what it changed, list what cannot be undone.

RUN is the number of a run (`--list`); without it, the newest. What people changed or added to since
is kept and listed, with its parents; `--also` deletes it all the same. What the API does not show,
such as dashboards, is named, so that you can look first. Asks first; scripts need `--yes`. Exits 3
if something was left.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.apply.undo import Undone, UndoPlan
    from clickup_mlops.features.provisioning.tables.provisions import Run
    from clickup_mlops.features.provisioning.tree import Path as TreePath


@click.command(help=__doc__)
@click.argument("run", type=int, required=False)
@click.option("--list", "listed", is_flag=True, help="Only show the runs.")
@click.option(
    "--also",
    multiple=True,
    metavar="PATH",
    help='Delete this and all in it though people changed it, as listed: "ML / Intake".',
)
@_acting.yes
@options.config
@options.as_json
def command(
    *,
    run: int | None,
    listed: bool,
    also: tuple[str, ...],
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.provisioning.operations import undo

    with _request.open_bot(config, "create") as bot:
        if listed:
            return _list(undo.runs(bot), as_json)
        with _acting.attended(_show, "Undo this?", yes=yes, as_json=as_json) as callbacks:
            undone = undo.undo(bot, run, callbacks, also=also)
    if as_json:
        output.json_value(_plain(undone))
    else:
        _say(undone)
    return ExitCode.MANUAL_STEPS if undone.kept or undone.impossible else ExitCode.DONE


def _list(runs: "list[Run]", as_json: bool) -> int:
    if as_json:
        keys = ("id", "kind", "template", "begun_ms", "finished_ms", "outcome")
        output.json_value({"runs": [{key: getattr(run, key) for key in keys} for run in runs]})
    else:
        rows = [(r.id, r.kind, r.template, output.when(r.begun_ms), r.outcome) for r in runs]
        columns = ("run", "kind", "template", "begun", "outcome")
        output.table(columns, rows, nothing="Nothing has been provisioned.")
    return ExitCode.DONE


def _show(way: "UndoPlan") -> None:
    from clickup_mlops.features.provisioning.apply.journal import path_of
    from clickup_mlops.features.provisioning.tree import show

    click.echo(f"Run {way.run.id}, {way.run.kind} of {way.run.template}:")
    for row in way.removals:
        click.secho(f"- {show(path_of(row.path))}", fg="red")
    if way.cascaded:
        click.echo(f"  and {format_count(len(way.cascaded), 'object')} in them")
    for row in way.restorations:
        click.secho(f"~ {show(path_of(row.path))}", fg="yellow")
    _left(way.kept)
    _left(way.changed)
    if way.unseen:
        click.echo(f"Not visible to the API, so look yourself first: {', '.join(way.unseen)}.")
    if way.changed:
        click.echo('To delete it all the same: --also "PATH", the path as in the list above.')


def _say(undone: "Undone") -> None:
    click.echo(f"{len(undone.removed)} removed, {len(undone.restored)} restored.")
    _left(undone.kept)
    _left(undone.impossible)


def _left(paths: "Any") -> None:
    from clickup_mlops.features.provisioning.tree import show

    for path, why in paths:
        click.secho(f"! {show(path)}: {why}", fg="magenta")


def _plain(undone: "Undone") -> dict[str, Any]:
    return {
        "run": undone.run_id,
        "removed": list(map(_parts, undone.removed)),
        "restored": list(map(_parts, undone.restored)),
        "kept": [{"path": _parts(path), "why": why} for path, why in undone.kept],
        "impossible": [{"path": _parts(path), "why": why} for path, why in undone.impossible],
        "unseen": list(undone.unseen),
    }


def _parts(path: "TreePath") -> list[list[str]]:
    return [list(part) for part in path]
