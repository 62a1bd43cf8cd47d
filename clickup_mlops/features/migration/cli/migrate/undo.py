"""Remove what a migration made: tasks with all that is in them, tracked time, empty places.

Shows what it would do, and does it with `--yes`. What people changed since stays, with the tasks
that it is under, and is listed with the reason; `--force` removes it too. Exits 2 if there is
something to undo, 3 if something is kept.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.migration.cli.migrate import _options, _progress
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli import undo as undo_options
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clickup_mlops.features.migration.undo.undo import Kept, Undone, UndoPlan

SHOWN = 50


@click.command(help=__doc__)
@_options.mapping_file
@undo_options.yes
@click.option("--force", is_flag=True, help="Remove also what people changed since.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Remove at most N tasks, the newest first.",
)
@_options.config
@_options.as_json
def command(
    *, file: Path, yes: bool, force: bool, limit: int | None, config: Path | None, as_json: bool
) -> int:
    from clickup_mlops.features.migration.operations import undo

    with _options.open_bot(config) as bot, _progress.undo() as progress:
        if yes:
            undone = undo.undo(bot, file, force=force, limit=limit, progress=progress)
        else:
            plan = undo.plan(bot, file, force=force, limit=limit, progress=progress)
    if yes:
        return _report(undone, as_json)
    return _preview(plan, as_json)


def _preview(plan: "UndoPlan", as_json: bool) -> int:
    places = [place.key.partition(":")[2] for place in plan.places]
    if as_json:
        counts = {"tasks": len(plan.removals), "entries": plan.entries, "calls": plan.calls}
        output.json_value({**counts, "places": places, "kept": _plain(plan.kept)})
    else:
        _list(plan.kept)
        click.echo(
            f"{_removed(len(plan.removals), plan.entries)} would be removed, "
            f"{_format_kept(plan.kept)}: "
            f"{format_count(plan.calls, 'call')}."
        )
        for path in places:
            click.echo(f"{path} would be removed if it is empty.")
        click.echo(undo_options.summarize(plan.counts()))
    return undo_options.exit_code(plan.counts())


def _report(undone: "Undone", as_json: bool) -> int:
    if as_json:
        counts = {"tasks": undone.removed, "entries": undone.entries}
        kept_places = [{"path": path, "why": why} for path, why in undone.places_kept.items()]
        places = {"places": undone.places, "places_kept": kept_places}
        output.json_value({**counts, **places, "kept": _plain(undone.kept)})
    else:
        _list(undone.kept)
        click.echo(
            f"{_removed(undone.removed, undone.entries)} removed, {_format_kept(undone.kept)}."
        )
        for path in undone.places:
            click.echo(f"{path} removed.")
        for path, why in undone.places_kept.items():
            click.echo(f"{path} stays: in it are {why}.")
        click.echo(undo_options.summarize(undone.counts()))
    return undo_options.exit_code(undone.counts())


def _removed(tasks: int, entries: int) -> str:
    return (
        f"{format_count(tasks, 'task')} and {format_count(entries, 'time entry', 'time entries')}"
    )


def _format_kept(retained: "Sequence[Kept]") -> str:
    return format_count(len(retained), "task stays", "tasks stay")


def _list(retained: "Sequence[Kept]") -> None:
    for task in retained[:SHOWN]:
        click.secho(f"{task.task_id} {task.name}: {task.reason}", fg="yellow")
    if len(retained) > SHOWN:
        click.echo(f"… and {len(retained) - SHOWN:,} more: --json lists all.")


def _plain(retained: "Sequence[Kept]") -> list[dict[str, Any]]:
    keys = ("item_id", "task_id", "name", "reason")
    return [{key: getattr(task, key) for key in keys} for task in retained]
