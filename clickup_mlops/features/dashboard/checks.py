"""Whether the dashboard is set up as people need it: its address, its sign-in, its saved views."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.features.dashboard.address import dashboard_url
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.view import resolve
from clickup_mlops.operations.findings import Check, Note
from clickup_mlops.ports.sections.find import all_pages


def check(settings: Settings) -> str:
    """Where it is served.

    Raises:
        ConfigError: it cannot be served so.
        Note: something is not as people expect it.
    """
    dashboard = settings.table(DashboardSettings)
    if not dashboard.enabled:
        return "off: dashboard.enabled is false"
    url = dashboard_url(settings)
    check_sign_in(settings)
    if problems := [*_views(settings)]:
        hint = f"Pages: {', '.join(all_pages())}. Sections: `clickup-mlops dashboard embed --help`."
        raise ConfigError("\n".join(problems), hint=hint)
    if not dashboard.public_url:
        return f"{url}, for this machine: dashboard.public_url is not set"
    if not url.startswith("https://"):
        raise Note(
            f"{url} is no https address: ClickUp does not embed it, nor sign people in",
            hint="Set dashboard.public_url to the https address of your proxy.",
        )
    return url


def check_sign_in(settings: Settings) -> None:
    """Nothing, if people can sign in with ClickUp, or shall not.

    Raises:
        ConfigError: the secret or the library is missing.
    """
    dashboard = settings.table(DashboardSettings)
    if dashboard.client_id and not dashboard.client_secret.get_secret_value():
        raise ConfigError(
            "dashboard.client_secret is not set, but dashboard.client_id is",
            hint="Put it into the environment as CLICKUP_MLOPS_DASHBOARD__CLIENT_SECRET.",
        )
    if dashboard.client_id and find_spec("authlib") is None:
        raise ConfigError(
            "sign-in with ClickUp needs authlib, which is not installed",
            hint="pip install 'clickup-mlops[oauth]'",
        )


def _views(settings: Settings) -> Iterator[str]:
    views = settings.table(DashboardSettings).views
    for name in views:
        if name in all_pages():
            yield f"dashboard.views.{name}: a page has this name"
            continue
        try:
            resolve(views, name)
        except InputError as problem:
            yield f"dashboard.views.{name}: {problem}"


CHECKS: Final = (Check("dashboard", (), lambda bot: check(bot.settings)),)
