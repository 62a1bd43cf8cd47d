"""Opening the bot's store, for what needs no bot."""

from typing import Protocol

from clickup_mlops.store import Store
from clickup_mlops.store.settings import AuditSettings, StoreSettings


class StoreTables(Protocol):
    """The settings of a store."""

    @property
    def store(self) -> StoreSettings:
        """Where the store is, and how it is opened."""
        ...

    @property
    def audit(self) -> AuditSettings:
        """How its audit is signed."""
        ...


def open_store(settings: StoreTables) -> Store:
    """The bot's store as it is; use it in a `with`.

    Raises:
        ConfigError: as `Store.existing`.
    """
    return Store.existing(settings.store.url.get_secret_value(), keys=settings.audit.keyring)
