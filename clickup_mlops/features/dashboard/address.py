"""Where people reach the dashboard."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.dashboard.settings import DashboardSettings

PREFIX: Final = "/dashboard"
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 (compared, not listened on)


def public_url(settings: Settings) -> str:
    """The server's address for people, without a slash at its end; empty: its port is not known.

    Raises:
        ConfigError: `dashboard.public_url` is no address.
    """
    url = settings.table(DashboardSettings).public_url.rstrip("/")
    if url:
        _must_be_address(url)
        return url
    server = settings.server
    host = "127.0.0.1" if server.host in _EVERYWHERE else server.host
    return f"http://{f'[{host}]' if ':' in host else host}:{server.port}" if server.port else ""


def dashboard_url(settings: Settings) -> str:
    """The dashboard's address, without a slash at its end.

    Raises:
        ConfigError: it is not served, or its address is not known.
    """
    if not settings.table(DashboardSettings).enabled:
        raise ConfigError(
            "dashboard.enabled is false: the dashboard is not served",
            hint="Set `enabled = true` in [dashboard], and restart `clickup-mlops serve`.",
        )
    if not (url := public_url(settings)):
        raise ConfigError("dashboard.public_url is not set, and server.port is 0: any free port")
    return url + PREFIX


def _must_be_address(url: str) -> None:
    if not _is_address(url):
        raise ConfigError(
            f"dashboard.public_url is no address: {url}",
            hint="Such as https://bot.example.org, without a query.",
        )


def _is_address(url: str) -> bool:
    try:
        parts: SplitResult = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain
