"""The addresses that are open to everybody: signing in and out, and one-time links."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from clickup_mlops import logs
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.address import PREFIX, public_url
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.web import access
from clickup_mlops.features.dashboard.web.oauth import Refused, SignIn

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

NAME: Final = "sign_in"
_WANTED: Final = "wanted"
_log = logs.get()


def blueprint(bot: "Bot", flow: SignIn | None) -> Blueprint:
    """The routes. `flow`: sign-in with ClickUp, if it is set up."""
    routes = Blueprint(NAME, __name__)
    _add_sign_in(routes, bot, flow)

    @routes.get("/open/<token>")
    def open_link(token: str) -> AnyResponse:
        if request.method == "HEAD":
            return Response()  # a program that looks at links must not use it up
        issued = grants.redeem(bot.store, token, bot.now_ms(), _lasts_ms(bot))
        if issued is None:
            text = "This link was used already, or is too old."
            return sign_in_page(HTTPStatus.FORBIDDEN, text)
        return _let_in(bot, issued, None)

    @routes.post("/sign-out")
    def sign_out() -> AnyResponse:
        access.let_out(bot)
        return redirect(url_for(f"{NAME}.page"), 303)

    return routes


def _add_sign_in(routes: Blueprint, bot: "Bot", flow: SignIn | None) -> None:
    @routes.app_context_processor
    def offered() -> dict[str, bool]:
        return {"offers_clickup": flow is not None}

    @routes.get("/sign-in")
    def page() -> AnyResponse:
        return sign_in_page(HTTPStatus.OK)

    if flow is None:
        return

    limited_log = logs.RateLimitedLogger(bot.now_ms)

    @routes.get("/sign-in/clickup")
    def begin() -> AnyResponse:
        session[_WANTED] = access.safe_path(request.args.get("next"), request.script_root)
        return flow.begin(_callback(bot))

    @routes.get("/signed-in")
    def finish() -> AnyResponse:
        try:
            person = flow.finish()
        except Refused as problem:
            limited_log.warning("dashboard_sign_in_refused", problem=str(problem))
            return sign_in_page(HTTPStatus.FORBIDDEN, f"{problem}. {problem.hint}")
        issued = grants.session(bot.store, person, bot.now_ms(), _lasts_ms(bot))
        return _let_in(bot, issued, session.get(_WANTED))


def sign_in_page(
    status: HTTPStatus = HTTPStatus.UNAUTHORIZED, problem: str = "", next_path: str | None = None
) -> AnyResponse:
    """Where people who are not signed in are; `next_path` is where they go then."""
    path = access.safe_path(next_path or request.args.get("next"), request.script_root)
    page = render_template("sign_in.html", title="Sign in", problem=problem, next_path=path)
    return Response(page, status)


def _let_in(bot: "Bot", issued: grants.IssuedGrant, next_path: str | None) -> AnyResponse:
    access.let_in(bot, issued)
    grant = issued.grant
    role = grants.role(grant, bot.settings.table(DashboardSettings).operators)
    _log.info("dashboard_signed_in", user=grant.user_id, role=role, grant=grant.id)
    return redirect(access.safe_path(next_path, request.script_root), 303)


def _callback(bot: "Bot") -> str:
    """Never from what a request says, unless only this machine's port is unknown."""
    configured_url = public_url(bot.settings)
    return (
        f"{configured_url}{PREFIX}/signed-in"
        if configured_url
        else request.url_root.rstrip("/") + "/signed-in"
    )


def _lasts_ms(bot: "Bot") -> int:
    return int(bot.settings.table(DashboardSettings).session_duration.total_seconds() * 1000)
