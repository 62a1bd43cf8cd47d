"""Handle events again: the given ones, or all that are parked.

The running bot takes them up at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clickup_mlops.cli import _clock, _options, _out
from clickup_mlops.errors import InputError

if TYPE_CHECKING:
    from clickup_mlops.store import Inbox

EVERYTHING = 1_000_000


@click.command(help=__doc__)
@click.argument("event_ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All parked events.")
@_options.config
@_options.as_json
def command(
    event_ids: tuple[int, ...], everything: bool, config: Path | None, as_json: bool
) -> int:
    if everything == bool(event_ids):
        raise InputError(
            "Name the events to replay, or give --all",
            hint="`clickup-mlops events list --state parked`",
        )
    with _options.open_store(config) as store:
        ids = event_ids or tuple(row.id for row in store.inbox.list("parked", EVERYTHING))
        replayed, unknown = _replay(store.inbox, ids)
    if as_json:
        _out.json_value({"replayed": replayed, "unknown": unknown})
    else:
        click.echo(f"Replayed {len(replayed)} event(s).")
    if unknown:
        raise InputError(
            f"No such event: {', '.join(map(str, unknown))}", hint="`clickup-mlops events list`"
        )
    return 0


def _replay(inbox: "Inbox", ids: tuple[int, ...]) -> tuple[list[int], list[int]]:
    replayed = [one for one in ids if inbox.replay(one, _clock.now_ms())]
    return replayed, [one for one in ids if one not in replayed]
