"""Say what the automations would have done about what was recorded: all, or the NAMEd ones.

The real judging runs over the recorded events and tasks: caps, latches, schedules and automations
that react to each other included. Nothing is asked and nothing is written. Automations in mode
`shadow` are taken as if they acted; those that are off are left out, unless they are named.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _clock, _options, _out, _times
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.automations.model import Automation
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.simulation.run import History
    from clickup_mlops.store.recordings import Recording

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(help=__doc__)
@click.argument("names", metavar="[NAME|FILE]...", nargs=-1)
@click.option("--since", default="30d", show_default=True, help=f"{_times.EXAMPLES}.")
@click.option("--until", help="Not what came later.")
@click.option("--input", "source", type=FILE, help="JSON lines in place of the bot's own store.")
@click.option("--html", type=FILE, help="Write a page that shows it.")
@_options.config
@_options.as_json
def command(
    *,
    names: tuple[str, ...],
    since: str,
    until: str | None,
    source: Path | None,
    html: Path | None,
    config: Path | None,
    as_json: bool,
) -> int:
    from clickup_mlops.bot.simulation import snapshot
    from clickup_mlops.bot.simulation.run import simulate
    from clickup_mlops.bot.simulation.simulation import Cast
    from clickup_mlops.cli import _simulation

    now = _clock.now_ms()
    span = _times.moment("--since", since, now) or 0, _times.moment("--until", until, now) or now
    with _options.open_bot(config) as bot:
        history, total = _history(bot, source, *span)
        found = simulate(
            bot.settings,
            _chosen(bot, names),
            history,
            snapshot.cast(bot) if source is None else Cast(bot.context.classifier),
            watch=lambda recordings: _out.progress(recordings, total, "Simulating"),
        )
    if html is not None:
        html.write_text(_simulation.page(found), encoding="utf-8")
    if as_json:
        _out.json_value(found.to_dict())
    else:
        _simulation.show(found)
        if html is not None:
            click.echo(f"The page is {html}")
    return 0


def _chosen(bot: "Bot", names: tuple[str, ...]) -> "list[Automation]":
    from clickup_mlops.bot.simulation.run import switched_on
    from clickup_mlops.cli.automations.test import named

    if not names:
        return switched_on(bot.context.automations)
    return [automation.switched_on() for automation in named(bot.context.automations, names)]


def _history(
    bot: "Bot", source: Path | None, since_ms: int, until_ms: int
) -> "tuple[History, int]":
    """What to simulate over, and how many handlings that is."""
    from clickup_mlops.bot.simulation import recorded_lines, snapshot
    from clickup_mlops.bot.simulation.run import History

    def recordings() -> "Iterable[Recording]":
        found = bot.store.recordings.since(since_ms) if source is None else _sorted
        return (one for one in found if since_ms <= one.at_ms < until_ms)

    _sorted = [] if source is None else sorted(recorded_lines.read(source), key=_at)
    total = sum(1 for _ in recordings())
    if not total:
        raise InputError(
            "nothing is recorded for that time",
            hint="`automations recording` shows what is; automations.record switches recording on.",
        )
    if source is not None:
        return History(recordings, list, since_ms, until_ms), total
    board, known = partial(snapshot.board, bot.store), partial(snapshot.known, bot.store)
    return History(recordings, board, since_ms, until_ms, known), total


def _at(one: "Recording") -> int:
    return one.at_ms
