"""Save the store to FILE, while the bot runs.

The file is a SQLite database, whatever the store's own database is; `restore` puts it into either
kind. It is verified when it is written. Tables of an older version are saved as they are. It holds
webhook secrets and task texts: only its owner can read it. Exit code 1: it was written, but the
audit chain is broken.
"""

from pathlib import Path

import click

from clickup_mlops.ports.cli import options, output


@click.command(help=__doc__)
@options.config
@options.as_json
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(config: Path | None, as_json: bool, file: Path) -> int:
    from clickup_mlops.store import Store, backup

    settings = options.settings(config)
    keys = settings.audit.keyring
    with Store.existing(settings.store.url.get_secret_value(), keys=keys, older=True) as store:
        report = backup.save(store, file, keys)
    return output.backup(f"Saved to {file}", report, as_json)
