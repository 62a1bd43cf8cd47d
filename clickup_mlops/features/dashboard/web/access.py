"""Who a request is from, and what it may see."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from flask import Flask, Request, Response, abort, session
from flask import request as this_request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.address import LOOPBACK, public_url
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.tables.grants import Grant, Grants
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.features.dashboard.web.query_params import CHOSEN
from clickup_mlops.ports.dashboard.model import Role, Viewer
from clickup_mlops.ports.sections.find import all_pages
from clickup_mlops.store import Store

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

_TOKEN: Final = "grant"  # noqa: S105 (a name)
_SCOPE: Final = "dashboard"


@dataclass(frozen=True, slots=True)
class PageAccess:
    """What a request may see. `base` begins the addresses of its pages.

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
    """End this browser's session, if there is one."""
    if grant := _grant(bot):
        bot.store.table(Grants).end(grant.id, bot.now_ms())
    session.clear()


def person(bot: "Bot", base: str) -> PageAccess | None:
    """Whom this browser's session is for."""
    grant = _grant(bot)
    return None if grant is None else PageAccess(_viewer(bot, grant), base)


def _grant(bot: "Bot") -> Grant | None:
    token = session.get(_TOKEN)
    return grants.find(bot.store, token, "session", bot.now_ms()) if token else None


# -- embedded views


def embedded(bot: "Bot", token: str, base: str) -> PageAccess | None:
    """What the link of an embedded view shows."""
    grant = grants.find(bot.store, token, "embed", bot.now_ms())
    if grant is None:
        return None
    return PageAccess(_viewer(bot, grant), f"{base}/embed/{token}", View.parse(grant.view))


def _viewer(bot: "Bot", grant: Grant) -> Viewer:
    may_act = grants.role(grant, bot.settings.table(DashboardSettings).operators) == "operator"
    role: Role = "operator" if may_act else "viewer"
    embeds = grant.kind == "embed"
    return Viewer(grant.user_id, grant.user_name, role, grant.id, is_embedded=embeds)


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
