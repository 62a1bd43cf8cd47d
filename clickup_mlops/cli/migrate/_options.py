"""What the commands of a migration share: the mapping file, and the bot without log lines."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.cli import _options

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.store.database.absent import Absent

Decorated = Callable[..., Any]
config = _options.config
as_json = _options.as_json


def mapping_file(function: Decorated) -> Decorated:
    """Add the argument MAPPING, passed as `file: Path`: the file that `migrate draft` wrote."""
    return click.argument(
        "file",
        metavar="MAPPING",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
    )(function)


def open_bot(config: Path | None, absent: "Absent" = "refuse") -> "Bot":
    """The bot without log lines; use it in a `with`. Commands that write pass `create`, those that
    only read `temporary`.
    """
    return _options.open_bot(config, absent, log_level="ERROR")
