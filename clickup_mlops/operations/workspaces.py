"""Several settings files at once: they must not share what keeps their workspaces apart."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from clickup_mlops import config, logs
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ClickUpMlopsError, ConfigError

_APART: Final[Mapping[str, Callable[[Settings], object]]] = {
    "clickup.token": lambda settings: settings.clickup.token.get_secret_value(),
    "store.url": lambda settings: settings.store.url.get_secret_value(),
    "server.port": lambda settings: settings.server.port,
}
SECRETS: Final = "CLICKUP_MLOPS_SECRETS_DIR"
_HINT: Final = (
    "Each workspace needs its own. What is set in the environment holds for every file: put tokens "
    "into the files, or into $CLICKUP_MLOPS_SECRETS_DIR/<name of the file>/."
)


def named(files: Sequence[Path]) -> dict[str, Path]:
    """The files by their names without suffix.

    Raises:
        ConfigError: two have the same name.
    """
    by_name = {file.stem: file for file in files}
    if len(by_name) < len(files):
        raise ConfigError(
            "two settings files have the same name", hint="The name distinguishes their log lines."
        )
    return by_name


def must_be_apart(settings: Mapping[str, Settings]) -> None:
    """Nothing, if these workspaces share nothing.

    Raises:
        ConfigError: the same token (its budget would be counted twice), database or port.
    """
    problems = []
    for key, get in _APART.items():
        by_value: dict[object, list[str]] = {}
        for name, workspace in settings.items():
            by_value.setdefault(get(workspace), []).append(name)
        shared = [names for value, names in by_value.items() if value and len(names) > 1]
        problems += [f"{', '.join(names)}: the same {key}" for names in shared]
    if problems:
        raise ConfigError("\n".join(problems), hint=_HINT)


def check(files: Mapping[str, Path]) -> None:
    """Check all of them before any is started. One that cannot be read is logged, and may be fixed
    while the others run.

    Raises:
        ConfigError: none can be read, or those that can share something.
    """
    settings_by_name: dict[str, Settings] = {}
    problems = {}
    for name, file in files.items():
        try:
            settings_by_name[name] = _load(name, file)
        except ClickUpMlopsError as problem:
            problems[name] = problem
    if not settings_by_name:
        raise next(iter(problems.values()))
    must_be_apart(settings_by_name)
    logs.configure(json=next(iter(settings_by_name.values())).log.json_lines)
    for name, error in problems.items():
        logs.get().error("settings_unusable", bot=name, problem=str(error), hint=error.hint)


def _load(name: str, file: Path) -> Settings:
    settings = config.load(Settings, file, secrets_dir=secrets_folder(name))
    logs.redactor.hide(config.collect_secrets(settings))
    return settings


def secrets_folder(name: str) -> str | None:
    """The folder of this bot in the folder of secrets, if it is there."""
    folder = Path(os.environ.get(SECRETS, ".")) / name
    return str(folder) if SECRETS in os.environ and folder.is_dir() else None
