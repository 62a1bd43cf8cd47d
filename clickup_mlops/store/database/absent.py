"""What to do about a SQLite file that no bot has created yet."""

from pathlib import Path
from typing import Literal

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.engine import parse_url

Absent = Literal["create", "refuse", "temporary"]
"""`refuse`: for what only looks at the store. `temporary`: for what needs one besides; it is empty
and deleted afterwards.
"""
HINT = (
    "`clickup-mlops serve`, or a command that writes, creates it. Run the command in the bot's "
    "folder, or name its settings with --config FILE."
)


def missing_file(url: str) -> Path | None:
    """The whole path of the SQLite file, if only the file is missing. Raises ConfigError: a wrong
    address.
    """
    parsed = parse_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    path = Path(file).absolute() if file else None
    return path if path and path.parent.is_dir() and not path.is_file() else None


def refused(file: Path) -> ConfigError:
    """That there is no such file, and what to do."""
    return ConfigError(f"store.url: there is no database {file} yet", hint=HINT)
