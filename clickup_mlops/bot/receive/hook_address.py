"""The address under which ClickUp delivers events. Pure."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from clickup_mlops.errors import ConfigError, InputError

PATH: Final = "/hooks/clickup"
"""Where the server receives deliveries."""
_EXAMPLE: Final = f"https://bot.example.org{PATH}"


def problem(url: str) -> str:
    """Why deliveries to this address would not arrive; empty if they can."""
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{url} is no http(s) address"
    if not parts.path.endswith(PATH):
        return f"{url} does not end in {PATH}, where the bot receives deliveries"
    return ""


def check(url: str) -> None:
    """Nothing, if ClickUp can deliver there.

    Raises:
        ConfigError: the address is not set, or is another one.
    """
    if not url:
        raise ConfigError(
            "hooks.public_url is not set",
            hint=f"Set it to the address under which ClickUp reaches {PATH}.",
        )
    if wrong := problem(url):
        raise ConfigError(f"hooks.public_url: {wrong}", hint=f"For example: {_EXAMPLE}")


def completed(url: str) -> str:
    """What a person typed as a whole address: `bot.example.org` -> `https://…/hooks/clickup`.

    Raises:
        InputError: it is no address of a server, or has a query.
    """
    address = url if "://" in url else f"https://{url}"
    parts = _split(address)
    if parts.query or parts.fragment:
        raise InputError(f"{url}: an address with ? or # is not used", hint=f"Such as {_EXAMPLE}")
    path = parts.path.rstrip("/")
    complete_url = parts._replace(path=path if path.endswith(PATH) else f"{path}{PATH}").geturl()
    if wrong := problem(complete_url):
        raise InputError(f"--public-url: {wrong}", hint=f"Such as {_EXAMPLE}")
    return complete_url


def _split(url: str) -> SplitResult:
    """The parts of an address; of one that has none, a path alone."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts
