"""A dashboard without its doors: pages of samples for a viewer that the test chooses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, Flask, render_template, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from clickup_mlops.bot.extensions import Extensions
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import InputError
from clickup_mlops.features.dashboard import pages
from clickup_mlops.features.dashboard.web import show
from clickup_mlops.features.dashboard.web.app import DashboardApp
from clickup_mlops.ports.dashboard.model import Viewer
from clickup_mlops.ports.sections import find
from clickup_mlops.store.access import EVERYTHING
from tests.interfaces.web.small_bot import SmallBot
from tests.views.samples import NOW_MS

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'"
)
OPERATOR = Viewer("1", "Maria <Keller>", "operator", "g1", EVERYTHING)
READER = Viewer("2", "Jonas", "viewer", "g2", EVERYTHING)
EMBEDDED = Viewer("", "", "viewer", "g3", EVERYTHING, is_embedded=True)


class PageBot(SmallBot):
    """`open` is a number that its page shows; so many of the first rows are `gone`."""

    workspace_id = "900"
    packages = ()
    open = 7
    gone = 0

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.time_ms = NOW_MS
        self.core = SimpleNamespace(extensions=Extensions(threading.RLock()))
        views = {"SLO of chat-3": {"page": "everything", "target": "chat-3"}}
        dashboard = {"enabled": True, "views": views, "refresh_every": 5}
        self.settings = Settings.model_validate(
            {"dashboard": dashboard, "jobs": {"time_zone": "Europe/Madrid"}}
        )


@contextmanager
def sample_pages() -> Iterator[None]:
    """The page "Everything" stands beside the product's."""
    folder = str(Path(__file__).parent / "pages")
    pages.__path__.append(folder)
    find.all_pages.cache_clear()
    try:
        yield
    finally:
        pages.__path__.remove(folder)
        find.all_pages.cache_clear()


class Quiet(WSGIRequestHandler):
    def log(self, *_args) -> None:
        pass


class Shown:
    """The app for one viewer. `done`: the forms that were sent. `status`: 200, or each answer's."""

    def __init__(self, bot: PageBot, viewer: Viewer = OPERATOR) -> None:
        self.bot, self.viewer = bot, viewer
        self.done: list[dict[str, str]] = []
        self.status = 200
        self.app = self._app()
        self.whole = DispatcherMiddleware(Flask("other"), {"/dashboard": self.app})

    @property
    def base(self) -> str:
        return "/dashboard/embed/t0ken" if self.viewer.is_embedded else "/dashboard"

    def _app(self) -> Flask:
        app = DashboardApp("clickup_mlops.features.dashboard.web")
        app.secret_key = "k"
        app.config["WTF_CSRF_TIME_LIMIT"] = None
        CSRFProtect(app)
        app.register_blueprint(self._sign_in())
        app.register_blueprint(self._pages())
        app.register_blueprint(self._pages(), name="embed", url_prefix="/embed/t0ken")
        app.register_error_handler(InputError, lambda problem: (str(problem), 400))

        @app.after_request
        def guard(response):
            drawn = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            is_svg = response.mimetype == "image/svg+xml"
            response.headers["Content-Security-Policy"] = drawn if is_svg else POLICY
            response.headers["Cache-Control"] = "no-store"
            return response

        return app

    def _sign_in(self) -> Blueprint:
        routes = Blueprint("sign_in", __name__)
        routes.add_url_rule("/sign-out", "sign_out", lambda: "", methods=["POST"])
        routes.add_url_rule("/begin", "begin", lambda: "")

        @routes.get("/sign-in")
        def page():
            requests = {
                "offers_clickup": True,
                "problem": "This link was used already.",
                "next_path": "/",
            }
            return render_template("sign_in.html", title="Sign in", **requests)

        @routes.get("/message")
        def message():
            words = {"text": "There is no such page.", "hint": "Check its address."}
            return render_template("message.html", title="Not found", **words)

        return routes

    def _pages(self) -> Blueprint:
        routes = Blueprint("pages", __name__)

        @routes.before_request
        def answers():
            return None if self.status == 200 else ("no", self.status)

        def asked(key: str = "everything") -> tuple:
            return self.bot, self.viewer, key

        def arguments() -> dict[str, str]:
            return request.args.to_dict()

        @routes.get("/")
        @routes.get("/<key>")
        def page(key: str = "everything"):
            return show.page(*asked(key), arguments(), self.base)

        @routes.get("/<key>.json")
        def as_json(key: str):
            return show.as_json(*asked(key), arguments())

        @routes.get("/<key>/section/<section>")
        def section(key: str, section: str):
            return show.section(*asked(key), section=section, arguments=arguments(), base=self.base)

        @routes.get("/<key>/chart/<section>/<path:chart>.svg")
        def chart(key: str, section: str, chart: str):
            return show.chart(*asked(key), section=section, chart=chart, arguments=arguments())

        @routes.get("/<key>/csv/<section>/<path:name>.csv")
        def as_csv(key: str, section: str, name: str):
            return show.as_csv(
                *asked(key), section=section, table_or_chart=name, arguments=arguments()
            )

        @routes.post("/do/<name>")
        def do(name: str):
            self.done.append({"action": name, **request.form.to_dict()})
            return show.page(*asked(), {}, self.base)

        return routes

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address, while it is served."""
        server = make_server("127.0.0.1", 0, self.whole, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
