"""Who an agent is over HTTP: who has the token of the settings, or a member of the Workspace."""

import hashlib
import hmac
import threading
from collections import OrderedDict
from functools import partial
from typing import Final

import anyio
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken

from clickup_mlops.bot import app
from clickup_mlops.bot.clock import now_ms
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ClickUpMlopsError, Forbidden, InputError, Unauthorized
from clickup_mlops.operations.person_access import AccessCache, read_access
from clickup_mlops.operations.person_client import connect
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.store import access as store_access

AGENT: Final = "agent"
PERSON: Final = "person"
_PERSONAL: Final = "pk_"
_LONGEST: Final = 200
_MOST_AT_ONCE: Final = 4
_LASTS_MS: Final = 300_000
_REFUSED_MS: Final = 60_000
_MOST_REFUSED: Final = 20
"""So many unknown tokens are asked about in `_REFUSED_MS`; more are refused without a call."""
_MEMBERS: Final = (1, 2, 3)
"""ClickUp's numbers of owner, admin and member."""


class Refusals:
    """Tokens, by their hash, that ClickUp has refused lately. Safe from any thread."""

    def __init__(self) -> None:
        self._refused_ms: OrderedDict[str, int] = OrderedDict()
        self._guard = threading.Lock()

    def note(self, name: str, now_ms: int) -> None:
        """It was refused now."""
        with self._guard:
            self._refused_ms[name] = now_ms

    def check(self, name: str, now_ms: int) -> None:
        """Nothing, if ClickUp may be asked about it.

        Raises:
            Forbidden: it was refused lately, or too many others were.
        """
        with self._guard:
            while self._refused_ms and not self._is_recent(now_ms):
                self._refused_ms.popitem(last=False)
            if name in self._refused_ms or len(self._refused_ms) >= _MOST_REFUSED:
                raise Forbidden("nobody is known by this token", status=401)

    def _is_recent(self, now_ms: int) -> bool:
        return 0 <= now_ms - next(iter(self._refused_ms.values())) < _REFUSED_MS


class Verifier:
    """Accepts the token of the settings and, with `mcp.people`, the tokens of members; as the
    SDK's `TokenVerifier`.
    """

    def __init__(self, settings: Settings) -> None:
        self._token = settings.mcp.token.get_secret_value().encode()
        self._people = settings.mcp.people
        self._cache = AccessCache(partial(read_as_member, settings), _LASTS_MS)
        self._refusals, self._at_once = Refusals(), anyio.CapacityLimiter(_MOST_AT_ONCE)

    async def verify_token(self, token: str) -> AccessToken | None:
        """None: refused."""
        if hmac.compare_digest(token.encode(), self._token):
            return AccessToken(token=token, client_id=AGENT, scopes=[])
        if not self._people or not token.isascii() or len(token) > _LONGEST:
            return None
        try:
            await anyio.to_thread.run_sync(self._reader, token, limiter=self._limiter(token))
        except ClickUpMlopsError:
            return None
        return AccessToken(token=token, client_id=PERSON, scopes=[])

    def _limiter(self, token: str) -> anyio.CapacityLimiter | None:
        """A member who was here before waits for nobody who was not."""
        return None if self._cache.knows(_name(token)) else self._at_once

    def _reader(self, token: str) -> store_access.Access:
        name, now = _name(token), now_ms()
        if not self._cache.knows(name):
            self._refusals.check(name, now)
        try:
            return self._cache.of(name, token, now)
        except (Unauthorized, Forbidden):
            self._refusals.note(name, now)
            raise

    def of_request(self, access: Access, *, writes: bool) -> Access:
        """`access`, limited to what the person sees whose agent has sent this request.

        Raises:
            InputError: the tool writes, and a person asks.
            ApiError: ClickUp does not say what they see.
        """
        token = get_access_token()
        if token is None:
            raise Forbidden("nobody has signed in", status=401)
        if token.client_id == AGENT:
            return access
        if writes:
            raise InputError(
                "tools that write are for agents with mcp.token", hint="Press it on the dashboard."
            )
        return Access(access.settings, access.now_ms, self._reader(token.token))


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def read_as_member(settings: Settings, token: str) -> store_access.Access:
    """What a member sees: two calls more than `read_access` takes.

    Raises:
        Forbidden: the token is none of a member.
        ApiError: ClickUp refuses the token, or does not answer.
    """
    workspace_id = settings.clickup.workspace_id or _find_workspace(settings)
    is_oauth = not token.startswith(_PERSONAL)
    with connect(settings.clickup, token, oauth=is_oauth) as client:
        person, roles = client.authorization.user(), client.authorization.roles(workspace_id)
        if roles.get(person.id) not in _MEMBERS:
            raise Forbidden(f"{person.username} is no member of this Workspace", status=403)
        return read_access(client, workspace_id)


def _find_workspace(settings: Settings) -> str:
    with app.build(settings, absent="refuse") as bot:
        return bot.workspace_id
