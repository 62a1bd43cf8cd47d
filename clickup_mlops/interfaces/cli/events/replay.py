"""Replay events: the given ones, or all that are parked.

The running bot picks them up at once.
"""

from dataclasses import asdict
from pathlib import Path

import click

from clickup_mlops.errors import InputError
from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@click.argument("event_ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--all", "all_events", is_flag=True, help="All parked events.")
@options.config
@options.as_json
def command(
    event_ids: tuple[int, ...], all_events: bool, config: Path | None, as_json: bool
) -> int:
    if all_events == bool(event_ids):
        raise InputError(
            "Name the events to replay, or give --all",
            hint="`clickup-mlops events list --state parked`",
        )
    from clickup_mlops.operations import events

    now = clock.now_ms()
    with options.open_store(config) as store:
        if all_events:
            result = events.replay_parked(store, now)
        else:
            result = events.replay(store, event_ids, now)
    if as_json:
        output.json_value(asdict(result))
    else:
        click.echo(f"Replayed {format_count(len(result.replayed), 'event')}.")
    if result.unknown:
        text = f"No such event: {', '.join(map(str, result.unknown))}"
        raise InputError(text, hint="`clickup-mlops events list`")
    return ExitCode.DONE
