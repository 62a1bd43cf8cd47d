"""List received events, newest first."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

COLUMNS = ("id", "received", "kind", "lane", "state", "attempts", "key", "error")


@click.command(help=__doc__)
@click.option("--state", type=click.Choice(["ready", "parked", "done"]), help="Only these.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@options.config
@options.as_json
def command(state: str | None, limit: int, config: Path | None, as_json: bool) -> int:
    with options.open_store(config) as store:
        rows = store.inbox.list(state, limit)
    if as_json:
        from clickup_mlops.operations.events import facts

        output.json_value({"events": [facts(row) for row in rows]})
        return ExitCode.DONE
    output.table(
        COLUMNS,
        [
            (
                r.id,
                output.when(r.received_ms),
                r.kind,
                r.lane,
                r.state,
                r.attempts,
                r.key,
                _last_line(r.error),
            )
            for r in rows
        ],
        nothing="No event matches.",
    )
    return ExitCode.DONE


def _last_line(error: str) -> str:
    """Of a traceback, the line with the error; why it was discarded."""
    if error.startswith("Discarded: "):
        return error.partition("\n")[0]
    return error.strip().rpartition("\n")[2]
