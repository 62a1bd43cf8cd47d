"""Opening the bot's store, for what needs no bot."""

from pathlib import Path

from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Store
from clickup_mlops.store.database.engine import parse_url


def open_store(settings: Settings) -> Store:
    """The bot's store, its tables up to date; use it in a `with`.

    Raises:
        ConfigError: it cannot be opened, or is a SQLite file that no bot has created yet.
    """
    url = settings.store.url.get_secret_value()
    parsed = parse_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    if file and not Path(file).is_file():
        raise ConfigError(
            f"store.url: there is no database {file} yet",
            hint="`clickup-mlops serve` creates it. Is this the bot's folder and configuration?",
        )
    return Store.open(url, keys=settings.audit.keyring)
