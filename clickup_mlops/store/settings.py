"""Settings of the store and of the audit that it keeps."""

from pydantic import SecretStr

from clickup_mlops.config import Table
from clickup_mlops.store.audit.chain import Keyring


class StoreSettings(Table):
    """Where the bot remembers things."""

    url: SecretStr = SecretStr("sqlite:///clickup-mlops.db")
    """SQLAlchemy address of a SQLite file, or `postgresql+psycopg://user@host/database`.
    SQLite takes one bot process; PostgreSQL any number, on any number of machines."""


class AuditSettings(Table):
    """The record of every write to ClickUp."""

    key: SecretStr = SecretStr("")
    """Signs the record (HMAC-SHA256), so that nobody can change it unseen who can write the
    database but does not know the key. Keep it in the environment, as
    `CLICKUP_MLOPS_AUDIT__KEY`, for example made by `openssl rand -hex 32`. Empty: not signed."""
    old_keys: tuple[SecretStr, ...] = ()
    """Keys that signed earlier entries, to verify them: each one only until its successor. Another
    process that still has the older key as `key` goes on if it has the newer one here."""

    @property
    def keyring(self) -> Keyring:
        """The keys, ready to use."""
        old = [key.get_secret_value() for key in self.old_keys]
        return Keyring(self.key.get_secret_value(), old)
