"""Undo what the bot wrote to ClickUp, by change, run, event or automation.

Shows what it would do, and does it with `--yes`. Exits 2 if there is something to undo, 3 if
something is kept, 1 if a task failed.

TARGET is the number of a change (`audit list` shows them), the name of a run, the key of an event,
or the name of an automation (with --since); if it could be two of these, write `change:`, `run:`,
`event:` or `automation:` before it. What people changed since stays, and is listed. Each undo is
recorded like any other write, and can be undone by its run. The automation is muted on these tasks
for a while, and restored priorities are held: the output says until when.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.operations import times
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli import undo as undo_options
from clickup_mlops.ports.cli.filters import task_id
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.bot.write.undo.undoing import Undone


@click.command(help=__doc__)
@click.argument("target")
@click.option("--since", help=f"Only changes from then on: {times.EXAMPLES}.")
@click.option("--until", help="Only changes before then.")
@click.option("--task", help="Only of this task: its id or address.")
@undo_options.yes
@options.config
@options.as_json
def command(
    *,
    target: str,
    since: str | None,
    until: str | None,
    task: str | None,
    yes: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.bot.write.people_names import assignee_namer
    from clickup_mlops.features.undo.operations import Target, undo

    now = clock.now_ms()
    chosen = Target(
        target,
        since_ms=times.moment("--since", since, now),
        until_ms=times.moment("--until", until, now),
        task_id=task_id(task),
    )
    with options.open_bot(config) as bot:
        begun = undo(bot, chosen, actor="command line", dry=not yes)
        changes = list(output.progress(begun.changes, begun.total, "Undoing"))
        name_assignees = assignee_namer(bot.store)
    if as_json:
        output.json_value(_plain(begun.run, changes))
    else:
        _say(begun.run, changes, name_assignees)
    return undo_options.exit_code(Counter(change.state for change in changes))


def _plain(run: str, changes: "list[Undone]") -> dict[str, object]:
    from dataclasses import asdict

    return {"run": run, "changes": [asdict(change) for change in changes]}


def _say(run: str, changes: "list[Undone]", name_assignees: Callable[[str], str]) -> None:
    groups = {
        state: [change for change in changes if change.state == state]
        for state in undo_options.MARKS
    }
    for state, mark in undo_options.MARKS.items():
        for change in groups[state]:
            why = f": {change.why}" if change.why else ""
            where = (
                f", task {change.task_id}" if change.task_id else ""
            )  # none: of the whole workspace
            click.echo(f"{mark} change {change.seq}{where}: {name_assignees(change.text)}{why}")
    click.echo(undo_options.summarize({state: len(group) for state, group in groups.items()}))
    for line in _besides(changes):
        click.echo(line)
    if groups["undone"]:
        click.echo(f"Undo this with: clickup-mlops undo {run} --yes")


def _besides(changes: "list[Undone]") -> Iterator[str]:
    """What the bot leaves alone because of it, until when, and how to end that."""
    from clickup_mlops.features.undo.operations import effects

    summary = effects(changes)
    muted = "would be muted" if any(change.state == "would" for change in changes) else "is muted"
    for automation, ends in summary.muted.items():
        until = output.when(max(ends))
        yield f"{automation} {muted} on {format_count(len(ends), 'task')} until {until}."
        end = f"clickup-mlops mutes end {automation}"
        yield f"  To end that: {end}, or `/unmute {automation}` in a comment"
    if summary.holds:
        until = output.when(max(summary.holds))
        yield (
            f"The restored priority is held until {until} on "
            f"{format_count(len(summary.holds), 'task')}."
        )
        yield "  To end that: `mutes end` with --release, or `/release` in a comment"
    for automation, count in summary.unmuted.items():
        yield f"{automation} is no longer muted on {format_count(count, 'task')}."
