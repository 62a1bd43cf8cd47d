"""Take back what the bot wrote to ClickUp: a change, a run, what an event led to, or an
automation's work.

TARGET is the number of a change (`audit list` shows them), the name of a run, the key of an event,
or the name of an automation (give --since then); if it could be two of these, write `change:`,
`run:`, `event:` or `automation:` before it. What people changed since stays, and is listed. Each
undo is recorded like any other write; `undo` of its run takes it back. The automation leaves these
tasks alone for a while, and priorities that came back are kept: it says until when. Exits 1 if a
task failed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _clock, _options, _out, _times
from clickup_mlops.cli.audit._wanted import task_id

if TYPE_CHECKING:
    from clickup_mlops.bot.undo.undoing import Undone

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
    from clickup_mlops.bot.undo import targets
    from clickup_mlops.bot.undo.undoing import Order

    now = _clock.now_ms()
    times = [_times.moment(f"--{name}", text, now) for name, text in _given(since, until)]
    order = Order(run=f"undo-{now}", actor="command line", dry=dry_run)
    with _options.open_bot(config) as bot:
        entries = targets.find(
            bot.store.audit, target, since_ms=times[0], until_ms=times[1], task_id=task_id(task)
        )
        done = list(_out.progress(bot.undo.undoing.run(entries, order), len(entries), "Undoing"))
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
    for line in _besides(done):
        click.echo(line)
    if groups["undone"]:
        click.echo(f"Take this back with: clickup-mlops undo {run}")


def _besides(done: "list[Undone]") -> Iterator[str]:
    """What the bot leaves alone because of it, until when, and how to end that."""
    muted = {
        (automation, one.task_id): at_ms for one in done for automation, at_ms in one.muted.items()
    }
    would = "would leave" if any(one.state == "would" for one in done) else "leaves"
    for automation, ends in _by_automation(muted).items():
        until = _out.when(max(ends))
        yield f"{automation} {would} {len(ends)} task(s) alone until {until}."
        end = f"clickup-mlops mutes end {automation}"
        yield f"  To end that: {end}, or `/unmute {automation}` in a comment"
    kept = {one.task_id: one.until_ms for one in done if one.keeps is not None}
    if kept:
        until = _out.when(max(kept.values()))
        yield f"The priority that came back is kept until {until} on {len(kept)} task(s)."
        yield "  To end that: `mutes end` with --release, or `/release` in a comment"
    free = {(automation, one.task_id): 0 for one in done for automation in one.unmuted}
    for automation, ends in _by_automation(free).items():
        yield f"{automation} is no longer muted on {len(ends)} task(s)."


def _by_automation(muted: dict[tuple[str, str], int]) -> dict[str, list[int]]:
    automations = sorted({automation for automation, _task in muted})
    return {
        name: [ms for (automation, _), ms in muted.items() if automation == name]
        for name in automations
    }


_SAID = {"undone": "~", "would": "~", "kept": "!", "failed": "x"}
_WORDS = {"undone": "undone", "would": "would be undone", "kept": "kept", "failed": "failed"}
