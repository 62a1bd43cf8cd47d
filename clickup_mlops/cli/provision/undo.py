"""Take back an apply: remove what it made, restore what it changed, list what cannot be.

RUN is the number of a run (`--list`); without it, the newest. What people put something into since
stays, with everything it sits in. Exits 2 if something was left.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.provision import _alone, _doing, _request

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.provision.apply.undo import Undone, UndoPlan
    from clickup_mlops.provision.tree import Path as TreePath


@click.command(help=__doc__)
@click.argument("run", type=int, required=False)
@click.option("--list", "listed", is_flag=True, help="Only show the runs.")
@click.option("--content-too", is_flag=True, help="Remove also what people put something into.")
@_doing.allow
@_doing.yes
@_options.config
@_options.as_json
def command(
    *,
    run: int | None,
    listed: bool,
    content_too: bool,
    allow: int | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.provision.apply import undo

    with _options.open_bot(config) as bot:
        if listed:
            return _list(bot, as_json)
        with _alone.alone(bot):
            _doing.settle(bot)
            way = _way(bot, run, content_too=content_too)
            if not as_json:
                _show(way)
            _doing.confirm("Undo this?", yes)
            undone = undo.undo(way, _request.site(bot), _request.journal(bot), allowed=allow)
    if as_json:
        _out.json_value(_plain(undone))
    else:
        _say(undone)
    return _doing.WORK if undone.kept or undone.impossible else 0


def _way(bot: "Bot", number: int | None, *, content_too: bool) -> "UndoPlan":
    from clickup_mlops.provision.apply import undo
    from clickup_mlops.provision.live import snapshot

    journal = _request.journal(bot)
    run = undo.newest(journal, number)
    have = snapshot.look(
        bot.client,
        bot.workspace_id,
        undo.desired(run),
        journal.remembered(),
        bot.store.space_policies.of,
    ).tree
    return undo.plan(run, _request.site(bot), journal, have, content_too=content_too)


def _list(bot: "Bot", as_json: bool) -> int:
    runs = _request.journal(bot).rows.runs(bot.workspace_id)
    if as_json:
        keys = ("id", "kind", "template", "begun_ms", "finished_ms", "outcome")
        _out.json_value({"runs": [{key: getattr(run, key) for key in keys} for run in runs]})
    else:
        rows = [(r.id, r.kind, r.template, _out.when(r.begun_ms), r.outcome) for r in runs]
        _out.table(("run", "kind", "template", "begun", "outcome"), rows)
    return 0


def _show(way: "UndoPlan") -> None:
    from clickup_mlops.provision.apply.journal import path_of
    from clickup_mlops.provision.tree import show

    click.echo(f"Run {way.run.id}, {way.run.kind} of {way.run.template}:")
    for row in way.removals:
        click.secho(f"- {show(path_of(row.path))}", fg="red")
    if way.cascaded:
        click.echo(f"  and {len(way.cascaded)} objects in them")
    for row in way.restorations:
        click.secho(f"~ {show(path_of(row.path))}", fg="yellow")
    _left(way.kept)


def _say(undone: "Undone") -> None:
    click.echo(f"{len(undone.removed)} removed, {len(undone.restored)} restored.")
    _left(undone.kept)
    _left(undone.impossible)


def _left(paths: "Any") -> None:
    from clickup_mlops.provision.tree import show

    for path, why in paths:
        click.secho(f"! {show(path)}: {why}", fg="magenta")


def _plain(undone: "Undone") -> dict[str, Any]:
    return {
        "run": undone.run_id,
        "removed": list(map(_parts, undone.removed)),
        "restored": list(map(_parts, undone.restored)),
        "kept": [{"path": _parts(path), "why": why} for path, why in undone.kept],
        "impossible": [{"path": _parts(path), "why": why} for path, why in undone.impossible],
    }


def _parts(path: "TreePath") -> list[list[str]]:
    return [list(part) for part in path]
