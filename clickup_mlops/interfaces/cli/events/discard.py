"""Discard parked events that cannot be handled any more: the given ones, or all that are parked.

They count as done, and keep their error and the reason. Nothing else is changed.
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
@click.option("--kind", help="With --all: only of this kind.")
@click.option("--lane", help="With --all: only of this lane.")
@click.option("--reason", required=True, help="Why; shown by `events list` and `events show`.")
@options.config
@options.as_json
def command(
    *,
    event_ids: tuple[int, ...],
    all_events: bool,
    kind: str | None,
    lane: str | None,
    reason: str,
    config: Path | None,
    as_json: bool,
) -> int:
    if all_events == bool(event_ids) or ((kind or lane) and not all_events):
        raise InputError(
            "Name the events to discard, or give --all",
            hint="`clickup-mlops events list --state parked`",
        )
    from clickup_mlops.operations import events

    with options.open_store(config) as store:
        numbers = events.parked(store, kind=kind, lane=lane) if all_events else event_ids
        result = events.discard(store, numbers, reason, clock.now_ms())
    if as_json:
        output.json_value(asdict(result))
    else:
        click.echo(f"Discarded {format_count(len(result.discarded), 'event')}.")
    if result.not_parked:
        text = f"Not parked: {', '.join(map(str, result.not_parked))}"
        raise InputError(text, hint="`clickup-mlops events list --state parked`")
    return ExitCode.DONE
