"""The Flask app: which routes there are. Everything they need comes from the bot."""

from typing import TYPE_CHECKING, Final, Protocol, cast

from flask import Flask

from clickup_mlops.interfaces.web import health, hooks, reports
from clickup_mlops.interfaces.web.door import Door
from clickup_mlops.interfaces.web.metrics import Metrics

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.settings import Settings

MAX_BODY_BYTES: Final = 1_048_576
"""Largest body that is read, unless the settings say otherwise."""
THREADS: Final = 16


class BotLike(hooks.Receiver, health.Monitored, reports.Bot, Protocol):
    """The bot as the web sees it. The dashboard, where it is enabled, wants a whole one."""

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
        ConfigError: a setting of the dashboard cannot be used.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    metrics = Metrics()
    app.register_blueprint(health.blueprint(bot, metrics))
    app.register_blueprint(reports.blueprint(bot))
    if bot.settings.dashboard.enabled:
        from clickup_mlops.interfaces.web.dashboard.app import register

        register(app, cast("Bot", bot))
    hook = hooks.Hook(bot, metrics, max_body_bytes, app.wsgi_app)
    app.wsgi_app = Door(  # type: ignore[method-assign]
        hook, threads=threads, max_body_bytes=max_body_bytes
    )
    return app
