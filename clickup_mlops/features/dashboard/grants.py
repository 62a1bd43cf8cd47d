"""Makes, redeems and ends grants: who may look at the dashboard.

A token is 256 random bits and is handed out once; the store keeps its SHA-256 alone.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clickup_mlops.errors import InputError
from clickup_mlops.features.dashboard.tables.grants import Grant, Grants, Kind
from clickup_mlops.store import Store

LINK_MS: Final = 600_000
"""How long a one-time link can be used."""
MOST_SESSIONS: Final = 10
"""Sessions of one person; a new one ends the oldest."""
_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Made:
    """A grant and its token, which nothing can show again."""

    grant: Grant
    token: str


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a grant is for. `user_id` and `email` are empty for a person at the machine."""

    user_id: str
    name: str
    role: str
    email: str = ""


def link(store: Store, who: Who, now_ms: int) -> Made:
    """A link that makes one session, within `LINK_MS`."""
    return _made(store, "link", who, now_ms, lasts_ms=LINK_MS)


def embed(store: Store, view: str, name: str, now_ms: int, lasts_ms: int) -> Made:
    """A link that shows `view` and nothing else; `name` is who made it."""
    return _made(store, "embed", Who("", name, "viewer"), now_ms, lasts_ms=lasts_ms, view=view)


def session(store: Store, who: Who, now_ms: int, lasts_ms: int) -> Made:
    """A session of a person who was let in. It is newer than all that they have, also of those
    that were made in the same millisecond.
    """
    newest = max((one.made_ms for one in _sessions(store, who, now_ms)), default=0)
    made = _made(store, "session", who, now_ms, lasts_ms=lasts_ms, after_ms=newest)
    for old in _sessions(store, who, now_ms)[MOST_SESSIONS:]:
        store.table(Grants).end(old.id, now_ms)
    return made


def role(one: Grant, operators: Iterable[str]) -> str:
    """What it lets the person do now. Who signed in with ClickUp is an operator as long as the
    settings say so (`dashboard.operators`); others are what their link was made for.
    """
    if one.kind != "session" or not one.user_id:
        return one.role
    own = {one.user_id, one.user_email.casefold()} - {""}
    is_operator = any(name.strip().casefold() in own for name in operators)
    return "operator" if is_operator else "viewer"


def redeem(store: Store, token: str, now_ms: int, lasts_ms: int) -> Made | None:
    """The session that a one-time link makes; None: it was used, is too old or never was.

    Of two who use it at the same time only one gets a session.
    """
    found = find(store, token, "link", now_ms)
    if found is None or not store.table(Grants).end(found.id, now_ms):
        return None
    return session(store, Who(found.user_id, found.user_name, found.role), now_ms, lasts_ms)


def find(store: Store, token: object, kind: Kind, now_ms: int) -> Grant | None:
    """The grant of this kind that the token holds, if it lets anybody in."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    found = store.table(Grants).find(_digest(token))
    holds = found is not None and found.kind == kind and found.holds(now_ms)
    return found if holds else None


def holding(store: Store, now_ms: int) -> list[Grant]:
    """All that let somebody in, newest first."""
    return store.table(Grants).list(now_ms)


def revoke(store: Store, ids: Iterable[str], now_ms: int) -> list[str]:
    """End these grants; the ids of those that held until now.

    Raises:
        InputError: one is unknown or does not hold any more; then none is ended.
    """
    wanted = list(dict.fromkeys(ids))
    known = {one.id for one in holding(store, now_ms)}
    if unknown := [one for one in wanted if one not in known]:
        raise InputError(
            f"no grant holds with the id {', '.join(unknown)}",
            hint="`clickup-mlops dashboard list` shows those that hold.",
        )
    return [one for one in wanted if store.table(Grants).end(one, now_ms)]


def _sessions(store: Store, who: Who, now_ms: int) -> list[Grant]:
    """Of the person, newest first."""
    own = (who.user_id, who.name)
    return [
        one
        for one in holding(store, now_ms)
        if one.kind == "session" and (one.user_id, one.user_name) == own
    ]


def _made(
    store: Store,
    kind: Kind,
    who: Who,
    now_ms: int,
    *,
    lasts_ms: int,
    view: str = "",
    after_ms: int = 0,
) -> Made:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    grant = Grant(
        id=secrets.token_hex(5),
        digest=_digest(token),
        kind=kind,
        user_id=who.user_id,
        user_name=who.name,
        role=who.role,
        view=view,
        made_ms=max(now_ms, after_ms + 1),
        expires_ms=now_ms + lasts_ms,
        user_email=who.email,
    )
    store.table(Grants).put(grant)
    return Made(grant, token)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
