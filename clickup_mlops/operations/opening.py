"""Opening the bot's store, for what needs no bot."""

from clickup_mlops.bot.settings import Settings
from clickup_mlops.store import Store


def open_store(settings: Settings) -> Store:
    """The bot's store as it is; use it in a `with`.

    Raises:
        ConfigError: as `Store.existing`.
    """
    return Store.existing(settings.store.url.get_secret_value(), keys=settings.audit.keyring)
