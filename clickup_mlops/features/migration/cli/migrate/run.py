"""Move what the mapping names into ClickUp, each thing once. Continues after any interruption.

Reads the source if that was not done yet; creates each task with all its values in one call, then
what ties tasks together, comments, files and tracked time. Done steps are remembered: running it
again writes only what is missing. What ClickUp refused is listed and tried again with `--retry`.
Exits 1 if something is left, or a board could not be read.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.features.migration.cli.migrate import _options, _progress
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.migration.operations.run import Result
    from clickup_mlops.features.migration.run.model import Ran

SHOWN = 50


@click.command(help=__doc__)
@_options.mapping_file
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Move at most N items, to try it out."
)
@click.option("--retry", is_flag=True, help="Also try again what ClickUp refused before.")
@click.option("--no-files", is_flag=True, help="Leave files for a later run.")
@click.option(
    "--create-places", is_flag=True, help="Create Folders and Lists that are missing; undo can too."
)
@click.option(
    "--find",
    is_flag=True,
    help="The bot's database was lost: look for everything in ClickUp before creating it.",
)
@_options.read_again
@click.option(
    "--workers",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="Calls at the same time, for all but tasks.",
)
@_options.config
@_options.as_json
def command(
    *,
    file: Path,
    limit: int | None,
    retry: bool,
    no_files: bool,
    create_places: bool,
    find: bool,
    read_again: bool,
    workers: int,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.migration.operations.run import Callbacks, run
    from clickup_mlops.features.migration.run.model import Options

    options = Options(limit, retry, find, create_places, not no_files, workers)
    with _options.open_bot(config, "create") as bot, _progress.run() as (reading, report):
        result = run(bot, file, options, Callbacks(reading, report), read_again=read_again)
        now_ms = bot.now_ms()
    if as_json:
        output.json_value(_plain(result))
    else:
        if not result.has_read:
            _options.say_age(result.fetched.began_ms, now_ms)
        _say(result)
    if result.ran.stopped is not None:
        raise result.ran.stopped
    return ExitCode.DONE if result.ran.is_complete and not result.fetched.unread else ExitCode.ERROR


def _plain(result: "Result") -> dict[str, Any]:
    ran, fetched = result.ran, result.fetched
    return {
        "complete": ran.is_complete,
        "done": dict(ran.done),
        "found": dict(ran.found),
        "skipped": dict(ran.skipped),
        "refused_before": dict(ran.refused_before),
        "failed": [
            {
                "key": failure.key,
                "name": failure.name,
                "reason": failure.reason,
                "refused": failure.is_refused,
            }
            for failure in ran.failed
        ],
        "waiting": dict(ran.waiting),
        "left": ran.left,
        "notes": ran.notes,
        "losses": dict(ran.losses),
        "calls": {"clickup": ran.calls, "source": fetched.calls if result.has_read else 0},
        "problems": list(fetched.problems),
        "read_ms": fetched.began_ms,
        "stopped": None if ran.stopped is None else str(ran.stopped),
    }


def _say(result: "Result") -> None:
    ran = result.ran
    for problem in result.fetched.problems if result.has_read else ():
        click.secho(f"! {problem}", fg="yellow")
    for note in ran.notes[:SHOWN]:
        click.secho(f"! {note}", fg="yellow")
    for failure in ran.failed[:SHOWN]:
        click.secho(f"- {failure}", fg="red")
    if len(ran.failed) > SHOWN:
        click.echo(
            f"… and {format_count(len(ran.failed) - SHOWN, 'more failure')}: --json lists all."
        )
    for reason, count in ran.losses.most_common():
        click.echo(f"{count:,} × lost: {reason}")
    for reason, count in ran.waiting.items():
        click.echo(f"Steps that wait for {reason}: {count:,}.")
    click.echo(f"{_list_counts(ran)}: {format_count(ran.calls, 'call')}.")
    if ran.refused_before:
        count = ran.refused_before.total()
        click.echo(
            f"Steps that were refused in an earlier run: {count:,}; --retry tries them again."
        )
    if ran.left:
        click.echo(f"Items left by the limit: {ran.left:,}.")


def _list_counts(ran: "Ran") -> str:
    counts = ran.done + ran.found
    listed = ", ".join(f"{count:,} × {kind}" for kind, count in counts.items() if count)
    return listed or "Nothing to do"
