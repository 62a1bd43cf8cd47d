"""Options that several commands share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clickup_mlops.errors import ConfigError, InputError

if TYPE_CHECKING:
    from clickup_mlops.automations.choices import AutomationChoice
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.settings import Settings
    from clickup_mlops.store import Store

Decorated = Callable[..., Any]


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


def task_id(given: str) -> str:
    """Of a task's id, as ClickUp shows it (`#86abc`) or bare, or of the task's address."""
    return given.partition("?")[0].rstrip("/").rpartition("/")[2].removeprefix("#")


def settings(config: Path | None, *, log_level: str | None = "WARNING") -> "Settings":
    """The checked settings, with logging set up: quietly, because a command answers a person.

    `log_level` None means: as the settings say.
    """
    from clickup_mlops import config as files
    from clickup_mlops import logs
    from clickup_mlops.bot.settings import Settings

    loaded = files.load(Settings, config)
    logs.redactor.hide(files.secrets(loaded))
    say = loaded.log
    logs.configure(log_level or say.level, json=say.json_lines, name=say.name)
    return loaded


def open_store(config: Path | None) -> "Store":
    """The bot's store, as the settings name it; use it in a `with`.

    Raises:
        ConfigError: it cannot be opened, or is a SQLite file that no bot has made yet.
    """
    from clickup_mlops.store import Store

    found = settings(config)
    url = found.store.url.get_secret_value()
    _must_exist(url)
    return Store.open(url, keys=found.audit.keyring)


def _must_exist(url: str) -> None:
    from sqlalchemy import make_url

    parsed = make_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    if file and file != ":memory:" and not Path(file).is_file():
        raise ConfigError(
            f"store.url: there is no database {file} yet",
            hint="`clickup-mlops serve` makes it. Is this the bot's folder and configuration?",
        )


def automations(config: Path | None) -> "tuple[Path, Mapping[str, AutomationChoice]]":
    """The folder with the automations that the settings choose, and the choices about them."""
    from clickup_mlops import content

    own = settings(config).automations
    return content.folder("automations", own.folder), own.by_name


def must_exist(automation: str, config: Path | None) -> None:
    """For a name about which nothing was found.

    Raises:
        InputError: there is no such automation; names the nearest one.
    """
    from clickup_mlops import content
    from clickup_mlops.clickup.fields import nearest

    names = [file.stem for file in content.files(automations(config)[0])]
    if automation not in names:
        meant = nearest(automation, names)
        hint = f"Did you mean {meant}?" if meant else f"Known: {', '.join(names)}"
        raise InputError(f"No automation {automation}", hint=hint)


def open_bot(config: Path | None) -> "Bot":
    """The bot, not started; use it in a `with`. Its parts are built when they are asked for."""
    from clickup_mlops.bot import app

    return app.build(settings(config))
