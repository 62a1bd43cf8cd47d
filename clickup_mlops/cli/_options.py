"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from clickup_mlops.bot.settings import Settings

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


def settings(config: Path | None, **overrides: Any) -> "Settings":
    """The checked settings, with logging set up as they say."""
    from clickup_mlops import config as files
    from clickup_mlops import logs
    from clickup_mlops.bot.settings import Settings

    loaded = files.load(Settings, config, **overrides)
    logs.configure(loaded.log.level, json=loaded.log.json_lines)
    return loaded
