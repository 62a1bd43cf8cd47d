"""What to do about a database that no bot has created yet."""

from pathlib import Path
from typing import Final, Literal

from sqlalchemy.engine import URL

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.opening import parse_url

Absent = Literal["create", "refuse", "temporary"]
"""`refuse`: for what only looks at the store. `temporary`: for what needs one besides; it is empty
and deleted afterwards.
"""
HINT: Final = (
    "`clickup-mlops serve`, or a command that writes, creates it. Run the command in the bot's "
    "folder, or name its settings with --config FILE."
)


class NoStore(ConfigError):
    """There is no SQLite file yet, or the database has no tables."""


def must_be_there(url: str) -> None:
    """Nothing, unless it is SQLite and only the file is missing.

    Raises:
        NoStore: it is; with the whole path of the file.
        ConfigError: a wrong address.
    """
    parsed = parse_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    path = Path(file).absolute() if file else None
    if path and path.parent.is_dir() and not path.is_file():
        raise NoStore(f"store.url: there is no database {path} yet", hint=HINT)


def without_tables(url: URL) -> NoStore:
    """That no bot has made its tables in this database, and what to do."""
    where = url.render_as_string(hide_password=True)
    return NoStore(f"store.url: there are no tables in {where} yet", hint=HINT)
