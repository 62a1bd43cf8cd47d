"""Take back what the bot wrote to ClickUp: a change, a run, what an event led to, or a rule's work.

TARGET is the number of a change (`audit list` shows them), the name of a run, the key of an event,
or the name of a rule (give --since then); if it could be two of these, write `change:`, `run:`,
`event:` or `rule:` before it. What people changed since stays, and is listed. Each undo is recorded
like any other write; `undo` of its run takes it back. Exits 1 if a task failed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _clock, _options, _out, _times
from clickup_mlops.cli.audit._wanted import task_id

if TYPE_CHECKING:
    from clickup_mlops.bot.undoing import Undone

WORK = 2


@click.command(help=__doc__)
@click.argument("target")
@click.option("--since", help=f"Only changes from then on: {_times.EXAMPLES}.")
@click.option("--until", help="Only changes before then.")
@click.option("--task", help="Only of this task: its id or address.")
@click.option("--dry-run", is_flag=True, help="Only look: exits 2 if there is something to undo.")
@_options.config
@_options.as_json
def command(
    *,
    target: str,
    since: str | None,
    until: str | None,
    task: str | None,
    dry_run: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.bot import undo_targets
    from clickup_mlops.bot.undoing import Order

    now = _clock.now_ms()
    times = [_times.moment(f"--{name}", text, now) for name, text in _given(since, until)]
    order = Order(run=f"undo-{now}", actor="command line", dry=dry_run)
    with _options.open_bot(config) as bot:
        entries = undo_targets.find(
            bot.store.audit, target, since_ms=times[0], until_ms=times[1], task_id=task_id(task)
        )
        done = list(_out.progress(bot.undoing.run(entries, order), len(entries), "Undoing"))
    if as_json:
        _out.json_value(_plain(order.run, done))
    else:
        _say(order.run, done)
    states = {one.state for one in done}
    return 1 if "failed" in states else WORK if "would" in states else 0


def _given(since: str | None, until: str | None) -> list[tuple[str, str | None]]:
    return [("since", since), ("until", until)]


def _plain(run: str, done: "list[Undone]") -> dict[str, object]:
    from dataclasses import asdict

    return {"run": run, "changes": [asdict(one) for one in done]}


def _say(run: str, done: "list[Undone]") -> None:
    groups = {state: [one for one in done if one.state == state] for state in _SAID}
    for state, mark in _SAID.items():
        for one in groups[state]:
            why = f": {one.why}" if one.why else ""
            click.echo(f"{mark} change {one.seq}, task {one.task_id}: {one.text}{why}")
    counts = ", ".join(f"{len(groups[state])} {_WORDS[state]}" for state in _SAID if groups[state])
    click.echo(f"{counts}.")
    if groups["undone"]:
        click.echo(f"Take this back with: clickup-mlops undo {run}")


_SAID = {"undone": "~", "would": "~", "kept": "!", "failed": "x"}
_WORDS = {"undone": "undone", "would": "would be undone", "kept": "kept", "failed": "failed"}
