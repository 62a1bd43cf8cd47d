"""The few settings that a command needs which only reads the store.

The models of all features take longer to import than such a command to answer. What is wrong with
other tables is a matter of `check`.
"""

from pydantic_settings import SettingsConfigDict

from clickup_mlops.bot.log_settings import LogSettings
from clickup_mlops.config import FileSettings
from clickup_mlops.store.settings import AuditSettings, StoreSettings


class StoreFile(FileSettings):
    """The tables that say where the store is, how its audit is signed, and how to log."""

    model_config = SettingsConfigDict(extra="ignore")

    store: StoreSettings = StoreSettings()
    audit: AuditSettings = AuditSettings()
    log: LogSettings = LogSettings()
