"""Delete what the bot's database holds of a migration: names, e-mail addresses, texts, the journal.

For the time when the migration is complete and signed. ClickUp stays as it is. Afterwards the
migration cannot be undone, and no delta or report made; a `run` would move everything once more,
unless `--find` makes it look for what is there. Shows how much there is, and deletes it with
`--yes`. Exits 2 if there is something to delete.
"""

from pathlib import Path

import click

from clickup_mlops.features.migration.cli.migrate import _options
from clickup_mlops.ports.cli import output
from clickup_mlops.ports.cli.exit_codes import ExitCode
from clickup_mlops.spelling import format_count


@click.command(help=__doc__)
@_options.mapping_file
@click.option("--yes", is_flag=True, help="Do it.")
@_options.config
@_options.as_json
def command(file: Path, yes: bool, config: Path | None, as_json: bool) -> int:
    from clickup_mlops.features.migration.operations import forget

    with _options.open_bot(config) as bot:
        counts = forget.forget(bot, file) if yes else forget.held(bot, file)
    if as_json:
        output.json_value({"records": counts.records, "steps": counts.steps, "deleted": yes})
    else:
        outcome = "deleted." if yes else "would be deleted. Use --yes to do it."
        click.echo(
            f"{format_count(counts.records, 'record')} and {format_count(counts.steps, 'step')} "
            f"{outcome}"
        )
    return ExitCode.WORK_TO_DO if not yes and (counts.records or counts.steps) else ExitCode.DONE
