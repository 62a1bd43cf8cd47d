"""Have tasks judged whose change the bot never heard of.

Without options: what changed since the last look; `serve` does that by itself. With --since or
--all it goes back further, for example to take in the tasks that were there before the bot. The
running bot, or the next one, does the work.

A priority that a task has already is kept for a while, as routing.keep_existing and the settings
around it say; what has none gets one.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.errors import InputError


@click.command(help=__doc__)
@click.option("--since", help="Date or time in UTC, such as 2026-11-01 or 2026-11-01T08:30.")
@click.option("--all", "everything", is_flag=True, help="Every task.")
@_options.config
@_options.as_json
def command(since: str | None, everything: bool, config: Path | None, as_json: bool) -> int:
    if since and everything:
        raise InputError("Give --since or --all, not both")
    since_ms = 0 if everything else _milliseconds(since)
    with _options.open_bot(config) as bot:
        tasks = bot.sources.backfill.run(since_ms)
        kept = bot.handling.first_sight.kept(tasks)
    if as_json:
        _out.json_value({"tasks": list(tasks), "kept": kept})
    else:
        click.echo(f"{len(tasks)} task(s) are in the inbox.")
        if kept:
            click.echo(f"{kept} of them keep the priority that a person gave them, for now.")
    return 0


def _milliseconds(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise InputError(
            f"--since {text}: not a date", hint="2026-11-01 or 2026-11-01T08:30"
        ) from problem
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)
