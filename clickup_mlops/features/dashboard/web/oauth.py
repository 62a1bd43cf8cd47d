"""Sign-in with ClickUp: the OAuth code flow, and whether the person is a member here.

ClickUp's flow has no PKCE, no scopes and no nonce; the state alone binds it to the browser that
began it. authlib makes, keeps and checks that state; the call for the token is the client's own.
"""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, session
from werkzeug.wrappers import Response

from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.client.resources.authorization import CONSENT_PAGE, exchange_code
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.errors import ApiError, ClickUpMlopsError, StoreBusy
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.checks import check_sign_in
from clickup_mlops.features.dashboard.membership import MEMBERS
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.operations.person_client import connect

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

_NAME: Final = "clickup"
_TIMEOUT_S: Final = 10.0
_MOST_AT_ONCE: Final = 4
_OFFICIAL: Final = ClickUpSettings().base_url


class Refused(ClickUpMlopsError):
    """ClickUp, or who the person is there, keeps them out."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The two steps. Each is called within a request of the dashboard's app."""

    bot: "Bot"
    app: Any
    turns: threading.BoundedSemaphore

    def begin(self, redirect_uri: str) -> Response:
        """Lead the browser to ClickUp's consent page; of several tries the last one counts."""
        for key in [key for key in session if key.startswith(f"_state_{_NAME}_")]:
            del session[key]
        answer: Response = self.app.authorize_redirect(redirect_uri)
        return answer

    def finish(self) -> grants.Person:
        """The member who came back from there.

        Raises:
            Refused: the state is not this browser's, ClickUp refuses, or they are no member.
            StoreBusy: too many sign in at the same time.
        """
        from authlib.integrations.base_client import OAuthError

        if not self.turns.acquire(blocking=False):
            raise StoreBusy("too many people sign in at the same time", hint="Try again.")
        try:
            return self._member(self.app.authorize_access_token()["access_token"])
        except OAuthError as problem:
            raise Refused(
                "this sign-in was not begun in this browser, was refused, or took too long",
                hint="Sign in again.",
            ) from problem
        except ApiError as problem:
            raise Refused("ClickUp did not confirm the sign-in", hint="Try again.") from problem
        finally:
            self.turns.release()

    def _member(self, token: str) -> grants.Person:
        with connect(self.bot.settings.clickup, token) as client:
            person = client.authorization.user()
            roles = client.authorization.roles(self.bot.workspace_id)
        if roles.get(person.id) not in MEMBERS:
            raise Refused(
                f"{person.username} is no member of this Workspace, or did not choose it",
                hint="Sign in again and choose the Workspace; guests have no access.",
            )
        # As an operator by the settings, which may change while the session lasts: `grants.role`.
        return grants.Person(str(person.id), person.username, "viewer", person.email, token)


def sign_in(app: Flask, bot: "Bot") -> SignIn | None:
    """The flow of the OAuth app in the settings; None: there is none.

    Raises:
        ConfigError: its secret is missing, or the library.
    """
    if not bot.settings.table(DashboardSettings).client_id:
        return None
    flow = _registered(app, bot.settings)
    return SignIn(bot, flow, threading.BoundedSemaphore(_MOST_AT_ONCE))


def _registered(app: Flask, settings: Settings) -> Any:
    check_sign_in(settings)
    from authlib.integrations.flask_client import FlaskOAuth2App, OAuth, OAuthError

    class App(FlaskOAuth2App):  # type: ignore[misc]
        """authlib's, with the client's own call: ClickUp's errors are no OAuth errors."""

        def fetch_access_token(self, **parameters: Any) -> dict[str, str]:
            if not parameters["code"]:
                raise OAuthError("no_code", "ClickUp sent no code")
            return {"access_token": _token(settings, parameters["code"])}

    return OAuth(app).register(
        _NAME,
        client_cls=App,
        client_id=settings.table(DashboardSettings).client_id,
        authorize_url=_consent_page(settings.clickup.base_url),
    )


def _token(settings: Settings, code: str) -> str:
    dashboard = settings.table(DashboardSettings)
    secret = dashboard.client_secret.get_secret_value()
    base = settings.clickup.base_url
    return exchange_code(
        dashboard.client_id, secret, code, base_url=base, timeout_s=_TIMEOUT_S, attempts=1
    )


def _consent_page(base_url: str) -> str:
    """ClickUp's own, or that of a sandbox."""
    return CONSENT_PAGE if base_url == _OFFICIAL else f"{base_url.rstrip('/')}/api"
