"""A site: a WSGI app that a feature serves below a path of the bot's server.

A feature offers one as `SITE` in its `site.py`: a function that builds it from the bot, or gives
None if the settings switch it off. It may raise `ConfigError`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, slots=True)
class Site:
    """`app` answers `path` and everything below it, such as `/dashboard`.

    `public_path` is the same path for browsers: a proxy may serve the bot below a path of its own.
    `is_ready`: whether it can answer now; until then the server answers 503.
    """

    app: "WSGIApplication"
    path: str
    public_path: str
    is_ready: Callable[[], bool]
