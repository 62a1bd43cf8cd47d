"""Opening the bot's store, for what needs no bot."""

from clickup_mlops.bot.settings import Settings
from clickup_mlops.store import Store
from clickup_mlops.store.database.absent import missing_file, refused


def open_store(settings: Settings) -> Store:
    """The bot's store, its tables up to date; use it in a `with`.

    Raises:
        ConfigError: it cannot be opened, or is a SQLite file that no bot has created yet.
    """
    url = settings.store.url.get_secret_value()
    if (file := missing_file(url)) is not None:
        raise refused(file)
    return Store.open(url, keys=settings.audit.keyring)
