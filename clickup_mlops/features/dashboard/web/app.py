"""The dashboard: a Flask app of its own below `/dashboard`, of which nothing is open by default.

Cookies, forms and error pages of the dashboard so concern no webhook. What is asked for is checked
in this order: the host, the address, who asks, where a form is from; then pages are made by `show`.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, g, render_template, request, send_from_directory
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response as AnyResponse

from clickup_mlops import logs
from clickup_mlops.errors import ApiError, ClickUpMlopsError, InputError, NotFound, StoreUnavailable
from clickup_mlops.features.dashboard.address import PREFIX, public_url
from clickup_mlops.features.dashboard.web import access, headers, oauth, pages, sign_in
from clickup_mlops.ports.web.site import Site
from clickup_mlops.views.html import STYLE

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

_MOST_FORM_BYTES: Final = 65_536
_MOST_FORM_PARTS: Final = 100
_DEFECT: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_STATUS: Final[Mapping[type[ClickUpMlopsError], HTTPStatus]] = {
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    InputError: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    ApiError: HTTPStatus.BAD_GATEWAY,
}
"""The first that fits."""
_UNKNOWN_HOST: Final = "Unknown host: see dashboard.public_url, and the Host of the proxy.\n"
_log = logs.get()


def serve(bot: "Bot") -> Site:
    """The dashboard of this bot below `PREFIX`.

    Raises:
        ConfigError: a setting of it cannot be used.
    """
    app = create(bot)
    public_path = urlsplit(public_url(bot.settings)).path.rstrip("/") + PREFIX
    return Site(app, PREFIX, public_path, partial(_is_ready, app, bot))


def _is_ready(app: Flask, bot: "Bot") -> bool:
    """Whether there is a key to read cookies with: it is in the store."""
    try:
        if not app.secret_key:
            app.secret_key = access.signing_key(bot.store, bot.now_ms())
    except ClickUpMlopsError:
        return False
    return True


class DashboardApp(Flask):
    """Flask, with the style of sections among its static files and no addresses in its log."""

    def send_static_file(self, filename: str) -> Response:
        """A file of `static/`, or the style of sections, which reports have inside."""
        if filename != STYLE.name:
            return super().send_static_file(filename)
        max_age = self.get_send_file_max_age(filename)
        return send_from_directory(STYLE.parent, filename, max_age=max_age)

    def log_exception(self, exc_info: Any) -> None:
        """Without the address, which Flask's own line has: there may be a token in it."""
        _log.error("dashboard_failed", endpoint=request.endpoint, exc_info=exc_info)


def create(bot: "Bot") -> Flask:
    """The app.

    Raises:
        ConfigError: a setting of it cannot be used.
    """
    app = DashboardApp("clickup_mlops.features.dashboard.web")
    app.session_interface = access.Cookies()
    app.config.update(
        access.cookie_settings(bot.settings),
        TRUSTED_HOSTS=access.trusted_hosts(bot.settings),
        MAX_CONTENT_LENGTH=_MOST_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_MOST_FORM_BYTES,
        MAX_FORM_PARTS=_MOST_FORM_PARTS,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: pages stay open for hours
        WTF_CSRF_SSL_STRICT=False,  # `_must_be_from_here` checks it, behind a proxy too
    )
    app.url_map.merge_slashes = app.url_map.strict_slashes = False
    access.remember_access(app, bot)
    _check(app, bot)
    _answer(app, logs.RateLimitedLogger(bot.now_ms))
    app.register_blueprint(sign_in.blueprint(bot, oauth.sign_in(app, bot)))
    app.register_blueprint(pages.build_people_pages(bot))
    app.register_blueprint(pages.embedded(bot))
    return app


# -- before


def _check(app: Flask, bot: "Bot") -> None:
    hosts = access.trusted_hosts(bot.settings)

    @app.before_request
    def check() -> AnyResponse | None:
        if request.routing_exception is not None:
            raise request.routing_exception  # an unknown host or address, before anything else
        if request.method == "POST":
            _must_be_from_here(hosts)
        if request.endpoint == "static" or request.blueprint == sign_in.NAME:
            return None
        g.page_access = _find_access(bot)
        return None if g.page_access else _refuse()

    CSRFProtect(app)


def _must_be_from_here(hosts: list[str]) -> None:
    """Besides the token: a browser says of which site a form is."""
    origin = request.headers.get("Origin")
    is_ours = origin is None or host_is_trusted(origin.partition("://")[2], hosts)
    if not is_ours or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CSRFError


def _find_access(bot: "Bot") -> access.PageAccess | None:
    if request.blueprint == pages.EMBEDDED:
        token = (request.view_args or {}).pop("token")
        return access.embedded(bot, token, request.script_root)
    return access.person(bot, request.script_root)


def _refuse() -> AnyResponse:
    if request.blueprint == pages.EMBEDDED:
        text = "This link is unknown, has expired, or was revoked."
        return _message(HTTPStatus.FORBIDDEN, text)
    next_path = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return sign_in.sign_in_page(next_path=request.script_root + next_path)


# -- after


def _answer(app: Flask, limited_log: logs.RateLimitedLogger) -> None:
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(ClickUpMlopsError, partial(_problem, limited_log=limited_log))

    @app.after_request
    def guard(response: Response) -> Response:
        is_static = request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST
        is_embedded = access.is_embedded(request)
        is_https = app.config["SESSION_COOKIE_SECURE"]
        return headers.guard(
            response, is_embedded=is_embedded, is_static=is_static, is_https=is_https
        )


def _http_problem(problem: HTTPException) -> AnyResponse:
    status = HTTPStatus(problem.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if isinstance(problem, SecurityError):  # no page: without a host there are no addresses
        return Response(_UNKNOWN_HOST, status, mimetype="text/plain")
    if isinstance(problem, CSRFError):
        text = "The form is not from this page, or the session is over: load the page again."
        return _message(status, text)
    answer = _message(status, f"{status.phrase}.")
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(problem.valid_methods))
    return answer


def _problem(problem: ClickUpMlopsError, limited_log: logs.RateLimitedLogger) -> AnyResponse:
    """Its message is for those who are signed in; others learn that there is one."""
    status = next((s for kind, s in _STATUS.items() if isinstance(problem, kind)), _DEFECT)
    kind = type(problem).__name__
    limited_log.warning("dashboard_problem", kind, endpoint=request.endpoint, problem=str(problem))
    page_access: access.PageAccess | None = g.get("page_access")
    if status >= _DEFECT or page_access is None or page_access.view is not None:
        return _message(status, "The dashboard cannot answer now. Try again in a moment.")
    return _message(status, logs.redactor.text(str(problem)), problem.hint)


def _message(status: HTTPStatus, text: str, hint: str = "") -> AnyResponse:
    page = render_template(
        "message.html",
        title=status.phrase,
        text=text,
        hint=hint,
        embedded=access.is_embedded(request),
    )
    return Response(page, status)
