"""List the open tasks that would get another priority under another policy.

Evaluates the tasks that the bot knows twice: with the policy in the settings, and with that of
--set and --policy. Makes no API calls and writes nothing. Exits 2 if a task would move, 0 if none
would. Each List's share of Urgent goes first to what people hold, then to live incidents, to what
is Urgent now, and to the oldest.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.features.simulation.operations.what_if import Moves
    from clickup_mlops.routing.what_if import Move

MOST_SHOWN = 500
_COLUMNS = ("task", "title", "list", "now", "would be", "decided by", "because")


@click.command(help=__doc__)
@click.option(
    "--set",
    "assignments",
    metavar="KEY=VALUE",
    multiple=True,
    help="A key of the policy and its value: routing.urgent_cap.share=0.1. Repeatable.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file whose [routing] is tried.",
)
@click.option("--list", "place", default="", help="Only this List, by name or id.")
@options.config
@options.as_json
def command(
    assignments: tuple[str, ...],
    policy: Path | None,
    place: str,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.features.simulation.operations import what_if

    if not assignments and policy is None:
        raise InputError(
            "Nothing to try is given", hint="For example: --set routing.urgent_cap.share=0.1"
        )
    now = options.settings(config).routing
    question = what_if.Question(now, what_if.policy(policy or config, assignments), place)
    with options.open_bot(config) as bot, options.open_store(config) as store:
        result = what_if.what_if(
            store, bot.context.classifier, question, clock.now_ms(), watch=_watched
        )
    if as_json:
        output.json_value(result.to_dict())
    else:
        _say(result)
    return ExitCode.WORK_TO_DO if result.moves else ExitCode.DONE


def _watched(lists: Sequence[str]) -> Iterable[str]:
    return output.progress(lists, len(lists), "Evaluating Lists")


def _say(result: "Moves") -> None:
    from clickup_mlops.routing.decision import format_priority

    if result.moves:
        output.table(_COLUMNS, map(_row, result.moves[:MOST_SHOWN]))
    if len(result.moves) > MOST_SHOWN:
        click.echo(f"and {len(result.moves) - MOST_SHOWN:,} more: --json lists all")
    for (now, then), count in result.counts:
        click.echo(f"{count:>6,}  {format_priority(now)} -> {format_priority(then)}")
    moved = f"{len(result.moves):,} of {format_count(result.evaluated, 'open task')} would move."
    click.echo(f"{moved} Nothing was written.")


def _row(move: "Move") -> tuple[str, ...]:
    from clickup_mlops.features.simulation.what_if import reason
    from clickup_mlops.routing.decision import format_priority

    task, before, after = move.task, move.before, move.after
    decided_by = " -> ".join(dict.fromkeys((before.decided_by, after.decided_by)))
    now, then = format_priority(before.priority), format_priority(after.priority)
    return task.id, task.name, task.list_name, now, then, decided_by, reason(before, after)
