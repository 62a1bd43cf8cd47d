"""Options that several commands share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.log_settings import LogSettings
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.config import FileSettings
    from clickup_mlops.operations.store_settings import StoreFile
    from clickup_mlops.store import Store
    from clickup_mlops.store.database.missing_database import Absent

    StoreFileT = TypeVar("StoreFileT", bound=StoreFile)

Decorated = Callable[..., Any]
FILE_OR_STDOUT: Final = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
"""A file to write; `-` is standard output."""


def config(function: Decorated) -> Decorated:
    """Add `--config FILE`, passed as `config: Path | None`."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Settings file. Default: $CLICKUP_MLOPS_CONFIG, else ./config.toml.",
    )(function)


def as_json(function: Decorated) -> Decorated:
    """Add `--json`, passed as `as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def task_id(text: str) -> str:
    """Of a task's id, as ClickUp shows it (`#86abc`) or bare, or of the task's address."""
    return text.partition("?")[0].rstrip("/").rpartition("/")[2].removeprefix("#")


def settings(config: Path | None, *, log_level: str | None = "WARNING") -> "Settings":
    """The checked settings, with logging set up: quietly, because a command answers a person.

    `log_level` None means: as in the settings.
    """
    from clickup_mlops import config as files
    from clickup_mlops.bot.settings import Settings

    loaded = files.load(Settings, config)
    _begin_log(loaded, loaded.log, log_level)
    return loaded


def _begin_log(loaded: "FileSettings", log: "LogSettings", level: str | None) -> None:
    """Set logging up, and hide the secrets of the settings."""
    from clickup_mlops import config as files
    from clickup_mlops import logs

    logs.redactor.hide(files.collect_secrets(loaded))
    logs.configure(level or log.level, json=log.json_lines, name=log.name)


def tables(config: Path | None, model: "type[StoreFileT]") -> "StoreFileT":
    """Those tables of the settings that the model has, with logging set up; raises ConfigError.

    For what is asked often: the models of all features take longer to import than it to answer.
    """
    from clickup_mlops import config as files

    with _all_mistakes(config):
        loaded = files.load(model, config)
        _begin_log(loaded, loaded.log, "WARNING")
        return loaded


@contextmanager
def _all_mistakes(config: Path | None) -> Iterator[None]:
    """A misspelt table may be the reason for an error: it is told with all other mistakes."""
    from clickup_mlops.errors import ConfigError

    try:
        yield
    except ConfigError:
        settings(config)
        raise


def open_store(config: Path | None, loaded: "StoreFile | None" = None) -> "Store":
    """The bot's store, as the settings name it; use it in a `with`. Raises ConfigError."""
    with _all_mistakes(config):
        from clickup_mlops.operations import opening
        from clickup_mlops.operations.store_settings import StoreFile

        return opening.open_store(loaded or tables(config, StoreFile))


def open_bot(
    config: Path | None,
    absent: "Absent" = "refuse",
    *,
    log_level: str = "WARNING",
    longest_pause_s: float | None = None,
) -> "Bot":
    """The bot, not started; use it in a `with`. Its parts are built when they are asked for.

    `absent`: only what writes to ClickUp may create the database. `longest_pause_s` between the
    tries of a call: for what reports that ClickUp is away.
    """
    from clickup_mlops.bot import app
    from clickup_mlops.clickup.terminal import Terminal

    sleep = None if longest_pause_s is None else partial(_pause, longest_pause_s)
    loaded = settings(config, log_level=log_level)
    bot = app.build(loaded, absent=absent, sleep=sleep, waiting=Terminal())
    if absent == "create":
        _ = bot.core.token  # without one nothing can be written, and no database is wanted
    return bot


def _pause(longest_s: float, seconds: float) -> None:
    time.sleep(min(longest_s, seconds))
