"""Makes, redeems and ends grants: who may look at the dashboard.

A token is 256 random bits and is handed out once; the store keeps its SHA-256 alone.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from clickup_mlops.errors import InputError
from clickup_mlops.features.dashboard.sealing import seal
from clickup_mlops.features.dashboard.tables.grants import Grant, Grants, Kind
from clickup_mlops.store import Store

LINK_MS: Final = 600_000
"""How long a one-time link can be used."""
MOST_SESSIONS: Final = 10
"""Sessions of one person; a new one ends the oldest."""
_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class IssuedGrant:
    """A grant and its token, which nothing can show again."""

    grant: Grant
    token: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a grant is for. `user_id`, `email` and `clickup_token`, which says what they see, are
    empty for a person at the machine.
    """

    user_id: str
    name: str
    role: str
    email: str = ""
    clickup_token: str = field(default="", repr=False)


def link(store: Store, person: Person, now_ms: int) -> IssuedGrant:
    """A link that makes one session, within `LINK_MS`."""
    return _issue(store, "link", person, now_ms, lasts_ms=LINK_MS)


def embed(store: Store, view: str, creator: Person, now_ms: int, lasts_ms: int) -> IssuedGrant:
    """A link that shows `view` and nothing else, and of it what its creator sees."""
    viewer = replace(creator, role="viewer")
    return _issue(store, "embed", viewer, now_ms, lasts_ms=lasts_ms, view=view)


def session(store: Store, person: Person, now_ms: int, lasts_ms: int) -> IssuedGrant:
    """A session of a person who was let in. It is newer than all that they have, also of those
    that were made in the same millisecond.
    """
    newest = max((grant.made_ms for grant in _sessions(store, person, now_ms)), default=0)
    issued = _issue(store, "session", person, now_ms, lasts_ms=lasts_ms, after_ms=newest)
    for old in _sessions(store, person, now_ms)[MOST_SESSIONS:]:
        store.table(Grants).end(old.id, now_ms)
    return issued


def role(grant: Grant, operators: Iterable[str]) -> str:
    """What it lets the person do now. Who signed in with ClickUp is an operator as long as the
    settings say so (`dashboard.operators`); others are what their link was made for.
    """
    if grant.kind != "session" or not grant.user_id:
        return grant.role
    identifiers = {grant.user_id, grant.user_email.casefold()} - {""}
    is_operator = any(name.strip().casefold() in identifiers for name in operators)
    return "operator" if is_operator else "viewer"


def redeem(store: Store, token: str, now_ms: int, lasts_ms: int) -> IssuedGrant | None:
    """The session that a one-time link makes; None: it was used, is too old or never was.

    Of two who use it at the same time only one gets a session.
    """
    grant = find(store, token, "link", now_ms)
    if grant is None or not store.table(Grants).end(grant.id, now_ms):
        return None
    return session(store, Person(grant.user_id, grant.user_name, grant.role), now_ms, lasts_ms)


def find(store: Store, token: object, kind: Kind, now_ms: int) -> Grant | None:
    """The grant of this kind that the token holds, if it lets anybody in."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    grant = store.table(Grants).find(_digest(token))
    holds = grant is not None and grant.kind == kind and grant.holds(now_ms)
    return grant if holds else None


def holding(store: Store, now_ms: int) -> list[Grant]:
    """All that let somebody in, newest first."""
    return store.table(Grants).list(now_ms)


def revoke(store: Store, ids: Iterable[str], now_ms: int) -> list[str]:
    """End these grants; the ids of those that held until now.

    Raises:
        InputError: one is unknown or does not hold any more; then none is ended.
    """
    unique_ids = list(dict.fromkeys(ids))
    current_ids = {grant.id for grant in holding(store, now_ms)}
    if unknown := [id_ for id_ in unique_ids if id_ not in current_ids]:
        raise InputError(
            f"no grant holds with the id {', '.join(unknown)}",
            hint="`clickup-mlops dashboard list` shows those that hold.",
        )
    return [id_ for id_ in unique_ids if store.table(Grants).end(id_, now_ms)]


def _sessions(store: Store, person: Person, now_ms: int) -> list[Grant]:
    """Of the person, newest first."""
    identity = (person.user_id, person.name)
    return [
        grant
        for grant in holding(store, now_ms)
        if grant.kind == "session" and (grant.user_id, grant.user_name) == identity
    ]


def _issue(
    store: Store,
    kind: Kind,
    person: Person,
    now_ms: int,
    *,
    lasts_ms: int,
    view: str = "",
    after_ms: int = 0,
) -> IssuedGrant:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    grant = Grant(
        id=secrets.token_hex(5),
        digest=_digest(token),
        kind=kind,
        user_id=person.user_id,
        user_name=person.name,
        role=person.role,
        view=view,
        made_ms=max(now_ms, after_ms + 1),
        expires_ms=now_ms + lasts_ms,
        user_email=person.email,
        sealed=seal(person.clickup_token, token) if person.clickup_token else "",
    )
    store.table(Grants).put(grant)
    return IssuedGrant(grant, token)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
