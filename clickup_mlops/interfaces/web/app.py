"""The Flask app: which routes there are. Everything they need comes from the bot."""

from typing import TYPE_CHECKING, Final, Protocol, cast

from flask import Flask

from clickup_mlops import registry
from clickup_mlops.interfaces.web import health, hooks, reports
from clickup_mlops.interfaces.web.body_middleware import BodyMiddleware
from clickup_mlops.interfaces.web.metrics import Metrics
from clickup_mlops.interfaces.web.mount import Mount

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.settings import Settings

MAX_BODY_BYTES: Final = 1_048_576
"""Largest body that is read, unless the settings say otherwise."""
THREADS: Final = 16


class BotLike(hooks.Receiver, health.Monitored, reports.Bot, Protocol):
    """The bot as the web sees it. A feature's site may need the whole bot."""

    @property
    def settings(self) -> "Settings":
        """Its settings."""
        ...

    def start(self) -> None:
        """Starts its threads. Called once, in the process that serves."""
        ...

    def stop(self) -> None:
        """Ends its threads after what they are doing now."""
        ...


def create_app(
    bot: BotLike, *, max_body_bytes: int = MAX_BODY_BYTES, threads: int = THREADS
) -> Flask:
    """The app for one bot, with metrics of its own. Larger bodies are refused unread; so many
    requests are worked on at the same time.

    Raises:
        ConfigError: a setting of a feature's site cannot be used.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    metrics = Metrics()
    app.register_blueprint(health.blueprint(bot, metrics))
    app.register_blueprint(reports.blueprint(bot))
    for build_site in registry.find_modules("site", "SITE").values():
        if site := build_site(cast("Bot", bot)):
            app.wsgi_app = Mount(app.wsgi_app, site)  # type: ignore[method-assign]
    hook = hooks.Hook(bot, metrics, max_body_bytes, app.wsgi_app)
    app.wsgi_app = BodyMiddleware(  # type: ignore[method-assign]
        hook, threads=threads, max_body_bytes=max_body_bytes
    )
    return app
