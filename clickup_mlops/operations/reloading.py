"""Which files a running bot follows, and whether it can go on with them as they are now."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops import config as files
from clickup_mlops.config import ENV_PREFIX
from clickup_mlops.errors import ConfigError

if TYPE_CHECKING:
    from clickup_mlops.bot.settings import Settings

FIXED: Final = ("store.url", "server.host", "server.port", "engine.kind")
"""Settings that a running bot cannot change: its state, address and workers are elsewhere then."""
_SECRETS_DIR: Final = f"{ENV_PREFIX}SECRETS_DIR"

Fingerprint = Mapping[Path, tuple[int, int]]
"""Of each file that is there, when it was changed (ns) and its size."""


def read_fingerprint(settings: "Settings", file: Path | None) -> Fingerprint:
    """Of the settings file, the secrets folder, the automations and what the classifier learns
    from.
    """
    stats = {path: _stat(path) for path in _list_files(settings, file)}
    return {path: stat for path, stat in stats.items() if stat is not None}


def read_contents(settings: "Settings", file: Path | None) -> Mapping[Path, str]:
    """Digests of the same files: what is saved again as it was is no change."""
    return {path: _digest(path) for path in read_fingerprint(settings, file)}


def _digest(path: Path) -> str:
    with suppress(OSError):
        return sha256(path.read_bytes()).hexdigest()
    return ""


def _list_files(settings: "Settings", file: Path | None) -> Iterator[Path]:
    yield _settings_file(file)
    if secrets_dir := os.environ.get(_SECRETS_DIR):
        yield from sorted(Path(secrets_dir).glob("*"))
    for folder in settings.automations.folders:
        yield from sorted(folder.glob("*.toml"))
    yield settings.classifier.learned
    yield from settings.classifier.corpus


def _settings_file(file: Path | None) -> Path:
    return file or Path(os.environ.get(f"{ENV_PREFIX}CONFIG") or files.DEFAULT_FILE)


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def check(running: "Settings", file: Path | None) -> None:
    """Nothing, if a bot could start with the files as they are now in place of the running one.

    Raises:
        ConfigError, ContentError: it could not; names file, key and reason.
        ApiError: ClickUp refuses another token, or cannot be asked.
    """
    from clickup_mlops.bot import app
    from clickup_mlops.bot.settings import Settings

    settings = files.load(Settings, file)
    changed = [key for key in FIXED if _read(settings, key) != _read(running, key)]
    if changed:
        raise ConfigError(
            f"{_settings_file(file)}: {', '.join(changed)}: cannot be changed while the bot runs",
            hint="Change it back, or restart the bot.",
        )
    with app.build(settings, absent="refuse") as bot:
        bot.check()
    if settings.clickup != running.clickup:
        _ask_clickup(settings)


def _read(settings: "Settings", dotted: str) -> Any:
    value: Any = settings
    for name in dotted.split("."):
        value = getattr(value, name)
    return value


def _ask_clickup(settings: "Settings") -> None:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.repetition import SILENT

    clickup = settings.clickup
    token = clickup.token.get_secret_value()
    with ClickUp(
        token, base_url=clickup.base_url, oauth=clickup.oauth, attempts=1, waiting=SILENT
    ) as client:
        client.authorization.user()
