"""Put a backup's FILE into the database that the settings name, which must hold nothing yet.

Stop the bot first. A backup of SQLite may go into PostgreSQL and the other way round; one of an
older version is brought up to date. Afterwards `serve` reads what it missed since the backup.
Exit code 2: the audit's chain is broken.
"""

from pathlib import Path

import click

from clickup_mlops.cli import _options, _out


@click.command(help=__doc__)
@_options.config
@_options.as_json
@click.option("--check", is_flag=True, help="Only prove that the backup is whole.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(config: Path | None, as_json: bool, check: bool, file: Path) -> int:
    from clickup_mlops.store import backup

    settings = _options.settings(config)
    if check:
        return _out.backup(f"{file} is whole", backup.verify(file, settings.audit.keyring), as_json)
    url = settings.store.url.get_secret_value()
    report = backup.load(file, url, settings.audit.keyring)
    return _out.backup(f"Restored {file}", report, as_json)
