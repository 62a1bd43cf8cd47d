"""Delete what is older than `[retention]` says. `serve` does the same once a day.

Exit codes of --dry-run: 0 nothing is old enough, 2 something is.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import clock, options, output
from clickup_mlops.ports.cli.exit_codes import ExitCode


@click.command(help=__doc__)
@options.config
@options.as_json
@click.option("--dry-run", is_flag=True, help="Only count.")
def command(config: Path | None, as_json: bool, dry_run: bool) -> int:
    from clickup_mlops.operations.prune import prune

    retention = options.settings(config).retention
    with options.open_store(config) as store:
        deletions = prune(store, retention, clock.now_ms(), dry=dry_run)
    if as_json:
        counts = {deletion.kind: deletion.rows for deletion in deletions}
        output.json_value({"counted" if dry_run else "deleted": counts})
    else:
        rows = [
            (deletion.kind, output.when(deletion.before_ms), deletion.rows)
            for deletion in deletions
        ]
        output.table(("kind", "older than", "would be deleted" if dry_run else "deleted"), rows)
    return (
        ExitCode.WORK_TO_DO
        if dry_run and any(deletion.rows for deletion in deletions)
        else ExitCode.DONE
    )
