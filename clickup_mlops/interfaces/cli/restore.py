"""Restore a backup's FILE into the database that the settings name, which must be empty.

Stop the bot first. A backup of SQLite may be restored into PostgreSQL and vice versa; one of an
older version is migrated. Afterwards `serve` back-fills what it missed since the
backup. Exit code 1: the audit chain is broken.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output


@click.command(help=__doc__)
@options.config
@options.as_json
@click.option("--check", is_flag=True, help="Only verify that the backup is complete.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(config: Path | None, as_json: bool, check: bool, file: Path) -> int:
    from clickup_mlops.store import backup

    settings = options.settings(config)
    if check:
        return output.backup(
            f"{file} is complete", backup.verify(file, settings.audit.keyring), as_json
        )
    url = settings.store.url.get_secret_value()
    report = backup.load(file, url, settings.audit.keyring)
    return output.backup(f"Restored {file}", report, as_json)
