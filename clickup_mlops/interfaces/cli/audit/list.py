"""List what the bot wrote to ClickUp, newest first."""

from pathlib import Path

import click

from clickup_mlops.ports.cli import filters, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode

COLUMNS = ("change", "when", "task", "what", "by", "outcome")


@click.command(help=__doc__)
@filters.options
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@options.config
@options.as_json
def command(criteria: dict[str, str | None], limit: int, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.bot.write.descriptions import describe
    from clickup_mlops.bot.write.people_names import assignee_namer

    with options.open_store(config) as store:
        entries = store.audit.list(filters.filter_of(criteria), limit)
        name_assignees = assignee_namer(store)
    if as_json:
        output.json_value({"entries": [entry.as_dict() for entry in entries]})
        return ExitCode.DONE
    rows = [
        (
            e.seq,
            output.when(e.at_ms),
            e.task_id,
            name_assignees(describe(e.kind, e.before, e.after)),
            filters.by(e),
            e.outcome,
        )
        for e in entries
    ]
    output.table(COLUMNS, rows, nothing="No change matches.")
    return ExitCode.DONE
