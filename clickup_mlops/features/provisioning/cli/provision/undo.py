"""Undo an apply: delete what it created, restore what it changed, list what cannot be undone.

RUN is the number of a run (`--list`); without it, the newest. What people changed or added to since
is kept and listed, with its parents; `--also` deletes it all the same. What the API does not show,
such as dashboards, is named, so that you can look first. Shows what it would do, and does it with
`--yes`. Exits 2 if there is something to undo, 3 if something is kept.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.provisioning.cli.provision import _acting, _request
from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli import undo as undo_options
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clickup_mlops.features.provisioning.apply.undo import Undone, UndoPlan
    from clickup_mlops.features.provisioning.tables.provisions import Run, StepRow
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
@undo_options.yes
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
        if not yes:
            return _preview(undo.preview(bot, run, _acting.silent(), also=also), as_json)
        with _acting.attended(_show, "", yes=True, as_json=as_json) as callbacks:
            undone = undo.undo(bot, run, callbacks, also=also)
    if as_json:
        output.json_value(_plain(undone))
    else:
        _say(undone)
    return undo_options.exit_code(undone.counts())


def _preview(planned: "UndoPlan", as_json: bool) -> int:
    if as_json:
        output.json_value(_plain_preview(planned))
    else:
        _show(planned)
        click.echo(undo_options.summarize(planned.counts()))
    return undo_options.exit_code(planned.counts())


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
    _print_remaining(way.kept)
    _print_remaining(way.changed)
    if way.unseen:
        click.echo(f"Not visible to the API, so look yourself first: {', '.join(way.unseen)}.")
    if way.changed:
        click.echo('To delete it all the same: --also "PATH", the path as in the list above.')


def _say(undone: "Undone") -> None:
    _print_remaining(undone.kept)
    _print_remaining(undone.impossible)
    click.echo(f"{len(undone.removed)} removed, {len(undone.restored)} restored.")
    click.echo(undo_options.summarize(undone.counts()))


def _print_remaining(paths: "Any") -> None:
    from clickup_mlops.features.provisioning.tree import show

    for path, why in paths:
        click.secho(f"! {show(path)}: {why}", fg="magenta")


def _plain_preview(planned: "UndoPlan") -> dict[str, Any]:
    from clickup_mlops.features.provisioning.apply.journal import path_of

    def paths(rows: "Sequence[StepRow]") -> list[list[list[str]]]:
        return [_parts(path_of(row.path)) for row in rows]

    return {
        "run": planned.run.id,
        "removals": paths([*planned.removals, *planned.cascaded]),
        "restorations": paths(planned.restorations),
        "kept": [
            {"path": _parts(path), "why": why} for path, why in (*planned.kept, *planned.changed)
        ],
        "unseen": list(planned.unseen),
    }


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
