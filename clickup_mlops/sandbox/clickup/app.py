"""The Flask application: every route module in `routes/`, the edge around the API, the pages."""

import copy
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, request
from flask.typing import ResponseReturnValue

from clickup_mlops import registry
from clickup_mlops.sandbox.clickup import edge, routes
from clickup_mlops.sandbox.clickup.edge import Services

if TYPE_CHECKING:
    from clickup_mlops.sandbox.clickup.control import Control


class SandboxApp(Flask):
    """Runs each request's handler as one change of the world."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Hold the world's lock while the handler runs; waits and time-outs happen outside."""
        services: Services = self.extensions["sandbox"]
        if request.path.startswith("/_sandbox/"):
            # Control calls may wait for deliveries, which need the lock; they lock for themselves.
            return super().dispatch_request()
        with services.world.change():
            return super().dispatch_request()


def create_app(services: Services, control: "Control") -> Flask:
    """The application over one world. `control` answers the control routes."""
    app = copy.copy(build_prototype())
    app.extensions = {"sandbox": services, "sandbox.control": control}
    return app


@cache
def build_prototype() -> Flask:
    """Everything but the world. Compiling two hundred routes is most of what a sandbox costs, so
    all sandboxes of a process share them.
    """
    app = SandboxApp(
        "clickup_mlops.sandbox.clickup",
        template_folder="pages/templates",
        static_folder="pages/static",
    )
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # they may belong to a tag's name
    app.json.sort_keys = False  # type: ignore[attr-defined]
    edge.install(app)
    for blueprint in registry.find(routes, "ROUTES").values():
        app.register_blueprint(blueprint)
    return app
