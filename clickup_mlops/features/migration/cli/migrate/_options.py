"""What the commands of a migration share: the mapping file, and the bot without log lines."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.ports.cli import options

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.store.database.missing_database import Absent

Decorated = Callable[..., Any]
config = options.config
as_json = options.as_json


def mapping_file(function: Decorated) -> Decorated:
    """Add the argument MAPPING, passed as `file: Path`: the file that `migrate draft` wrote."""
    return click.argument(
        "file",
        metavar="MAPPING",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
    )(function)


def read_again(function: Decorated) -> Decorated:
    """Add the option --read-again."""
    text = "Read the source from its beginning, whatever was read before."
    return click.option("--read-again", is_flag=True, help=text)(function)


def say_age(read_ms: int, now_ms: int) -> None:
    """How old the reading of the source is that is used."""
    from clickup_mlops.features.migration.plan import render, sections

    if read_ms:
        age = render.minutes((now_ms - read_ms) / 60_000)
        at = sections.when(read_ms)
        click.echo(f"The source was read at {at}, {age} ago; --read-again reads it anew.")


def open_bot(config: Path | None, absent: "Absent" = "refuse") -> "Bot":
    """The bot without log lines; use it in a `with`. Commands that write pass `create`, those that
    only read `temporary`.
    """
    return options.open_bot(config, absent, log_level="ERROR")
