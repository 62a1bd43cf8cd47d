"""Links of the survey: each is used once. A token is 256 random bits; its SHA-256 alone is kept."""

import hashlib
import secrets

from clickup_mlops.features.discovery.tables.survey import Link, Surveys
from clickup_mlops.store import Store

PATH = "/survey"
_TOKEN_BYTES = 32


def invite(store: Store, role: str, count: int, expires_ms: int) -> list[str]:
    """Tokens for so many people of a role; nothing can show them again."""
    tokens = [secrets.token_urlsafe(_TOKEN_BYTES) for _ in range(count)]
    store.table(Surveys).add_links([*map(_digest, tokens)], role, expires_ms)
    return tokens


def find(store: Store, token: str) -> Link | None:
    """The link of a token, whether it still works or not; None: there is none."""
    return store.table(Surveys).find(_digest(token))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
