"""Who a request is from, and what it may see."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from flask import Flask, Request, Response, abort, current_app, session
from flask import request as this_request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import Unauthorized
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.address import LOOPBACK, public_url
from clickup_mlops.features.dashboard.sealing import unseal
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.tables.grants import Grant, Grants
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.features.dashboard.web.query_params import CHOSEN
from clickup_mlops.operations.person_access import AccessCache, read_access
from clickup_mlops.operations.person_client import connect
from clickup_mlops.ports.dashboard.model import Role, Viewer
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.store import Store
from clickup_mlops.store.access import EVERYTHING, Access

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

_TOKEN: Final = "grant"  # noqa: S105 (a name)
_SCOPE: Final = "dashboard"
_CACHE: Final = "clickup_access"


@dataclass(frozen=True, slots=True)
class PageAccess:
    """Who a request is from. `base` begins the addresses of its pages.

    `view`: the only one, of an embedded view; None: everything.
    """

    viewer: Viewer
    base: str
    view: View | None = None

    def arguments(self, requested: Mapping[str, str]) -> dict[str, str]:
        """Those of the address, unless the view fixes them."""
        if self.view is None:
            return dict(requested)
        chosen = {name: requested[name] for name in CHOSEN if name in requested}
        return self.view.arguments() | chosen

    def must_show(self, page: str, section: str = "") -> None:
        """Nothing, if there is such a page or section and it may be seen; else 404."""
        definition = all_pages().get(page)
        exists = definition is not None and (not section or section in definition.sections)
        if not exists or not (self.view is None or self.view.shows(page, section)):
            abort(404)


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie. An embedded view neither reads nor sets one."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """As Flask does."""
        if is_embedded(request):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does."""
        if not is_embedded(this_request):
            super().save_session(app, session, response)


def is_embedded(request: Request) -> bool:
    """Whether it asks for an embedded view."""
    return request.path.startswith("/embed/")


def signing_key(store: Store, now_ms: int) -> str:
    """What signs the cookies: random, made once, the same in each process of this store."""
    store.notes.first(_SCOPE, "signing_key", secrets.token_hex(32), now_ms)
    note = store.notes.get(_SCOPE, "signing_key")
    if note is None:
        raise LookupError("the signing key is not kept")
    return str(note.value)


def cookie_settings(settings: Settings) -> dict[str, object]:
    """Flask's settings of the cookie. On one machine each port has its own."""
    parts = urlsplit(public_url(settings))
    is_secure = parts.scheme == "https"
    plain = f"clickup_mlops_{parts.port or settings.server.port}"
    return {
        "SESSION_COOKIE_NAME": "__Host-clickup_mlops" if is_secure else plain,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": settings.table(DashboardSettings).session_duration,
    }


def trusted_hosts(settings: Settings) -> list[str]:
    """Names by which the dashboard answers."""
    hostname = urlsplit(public_url(settings)).hostname or ""
    hostname = f"[{hostname}]" if ":" in hostname else hostname
    return [*dict.fromkeys(filter(None, (hostname, *LOOPBACK)))]


# -- people


def let_in(bot: "Bot", issued: grants.IssuedGrant) -> None:
    """This browser has this session from now on, and nothing that it had before."""
    let_out(bot)
    session[_TOKEN] = issued.token
    session.permanent = True


def let_out(bot: "Bot") -> None:
    """End this browser's session, if there is one; nothing of what the person sees is kept."""
    if grant := _grant(bot):
        _end(bot, grant)
    session.clear()


def _end(bot: "Bot", grant: Grant) -> None:
    bot.store.table(Grants).end(grant.id, bot.now_ms())
    _cache(bot).drop(grant.id)


def person(bot: "Bot", base: str) -> PageAccess | None:
    """Whom this browser's session is for; None: nobody, or their token was revoked.

    Raises:
        ApiError: ClickUp does not say what they see.
    """
    grant = _grant(bot)
    viewer = _viewer(bot, grant, session[_TOKEN]) if grant else None
    return PageAccess(viewer, base) if viewer else None


def clickup_token(bot: "Bot") -> str:
    """That of the person whose session it is; empty: a person at the machine."""
    grant = _grant(bot)
    return unseal(grant.sealed, session[_TOKEN]) if grant else ""


def _grant(bot: "Bot") -> Grant | None:
    token = session.get(_TOKEN)
    return grants.find(bot.store, token, "session", bot.now_ms()) if token else None


# -- embedded views


def embedded(bot: "Bot", token: str, base: str) -> PageAccess | None:
    """What the link of an embedded view shows: of its view what its creator sees now.

    Raises:
        ApiError: ClickUp does not say what that is.
    """
    grant = grants.find(bot.store, token, "embed", bot.now_ms())
    viewer = _viewer(bot, grant, token) if grant else None
    if grant is None or viewer is None:
        return None
    return PageAccess(viewer, f"{base}/embed/{token}", View.parse(grant.view))


def _viewer(bot: "Bot", grant: Grant, token: str) -> Viewer | None:
    access = _access(bot, grant, token)
    if access is None:
        return None
    may_act = grants.role(grant, bot.settings.table(DashboardSettings).operators) == "operator"
    role: Role = "operator" if may_act else "viewer"
    embeds = grant.kind == "embed"
    return Viewer(grant.user_id, grant.user_name, role, grant.id, access, is_embedded=embeds)


# -- which Lists


def _access(bot: "Bot", grant: Grant, token: str) -> Access | None:
    """What the holder sees; None: ClickUp takes their token no more, and the grant has ended."""
    if not grant.user_id:
        return EVERYTHING  # a link that was made at the machine, by who runs the bot
    person_token = unseal(grant.sealed, token)
    try:
        access = _cache(bot).of(grant.id, person_token, bot.now_ms()) if person_token else None
    except Unauthorized:
        access = None
    if access is None:
        _end(bot, grant)
    return access


def _cache(bot: "Bot") -> AccessCache:
    cache: AccessCache = current_app.extensions[_CACHE]
    return cache


def remember_access(app: Flask, bot: "Bot") -> None:
    """Give the app the memory of what people see."""
    lasts = bot.settings.table(DashboardSettings).access_duration
    read = partial(_read_access, bot)
    app.extensions[_CACHE] = AccessCache(read, int(lasts.total_seconds() * 1000))


def _read_access(bot: "Bot", token: str) -> Access:
    with connect(bot.settings.clickup, token) as client:
        return read_access(client, bot.workspace_id)


# -- addresses


def safe_path(path: str | None, root: str) -> str:
    """The path, if a browser surely stays below `root` with it; else `root/`."""
    home = f"{root}/"
    if not path or not path.isprintable() or "\\" in path or not path.startswith(home):
        return home
    parts = urlsplit(path)
    climbs = any(part in (".", "..") for part in unquote(unquote(parts.path)).split("/"))
    leaves = bool(parts.scheme or parts.netloc) or "//" in parts.path or climbs
    return home if leaves else path
