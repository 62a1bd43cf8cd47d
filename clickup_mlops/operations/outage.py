"""Whether ClickUp answers now: what waits then is not the fault of the bot."""

from http import HTTPStatus
from typing import Final

import requests

from clickup_mlops import deadline
from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError, ConfigError
from clickup_mlops.operations.times import when

_TIMEOUT_S: Final = 5


def why_late(bot: Bot) -> str:
    """What events and jobs wait for, if that is ClickUp; else empty. At most one call."""
    try:
        paused_ms = bot.governor.budget().paused_ms
    except ClickUpMlopsError:
        paused_ms = 0  # without a token or a store nothing is known
    if paused_ms > bot.now_ms():
        return f"ClickUp answered 429: calls pause until {when(paused_ms)}, and events wait."
    try:
        status = fetched(f"{bot.settings.clickup.base_url}/api/v2/user").status_code
    except ConfigError as problem:
        return f"{problem}: events wait until it does."
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"ClickUp answers {status} now: events wait until that is over."
    return ""


def fetched(url: str) -> requests.Response:
    """The whole answer, without redirects.

    Raises:
        ConfigError: there is none within five seconds.
    """
    try:
        with (
            deadline.within(_TIMEOUT_S),
            deadline.mount_bounded_adapters(requests.Session()) as session,
        ):
            return session.get(url, timeout=_TIMEOUT_S, allow_redirects=False)
    except deadline.TooSlow:
        raise ConfigError(f"{url} does not answer (not within {_TIMEOUT_S:g} s)") from None
    except requests.RequestException as problem:
        raise ConfigError(f"{url} does not answer ({type(problem).__name__})") from problem
