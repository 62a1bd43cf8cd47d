"""List what the bot wrote to ClickUp, newest first."""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out
from clickup_mlops.cli.audit import _filters

COLUMNS = ("change", "when", "task", "what", "by", "outcome")


@click.command(help=__doc__)
@_filters.options
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@_options.config
@_options.as_json
def command(wanted: dict[str, str | None], limit: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.automations.undo import describe

    with _options.open_store(config) as store:
        entries = store.audit.list(_filters.filter_of(wanted), limit)
    if as_json:
        _out.json_value({"entries": [entry.as_dict() for entry in entries]})
        return 0
    rows = [
        (
            e.seq,
            _out.when(e.at_ms),
            e.task_id,
            describe(e.kind, e.before, e.after),
            _filters.by(e),
            e.outcome,
        )
        for e in entries
    ]
    _out.table(COLUMNS, rows, nothing="No change matches.")
    return 0
