"""Serves the sites that features bring, each below its path of the server."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from clickup_mlops.interfaces.web.answers import BUSY
from clickup_mlops.ports.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Mount:
    """WSGI middleware: the site's path and below is the site's, everything else is of `app`."""

    def __init__(self, app: "WSGIApplication", site: Site) -> None:
        self._app, self._site = app, site

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The WSGI interface."""
        path: str = environ["PATH_INFO"]
        if path != self._site.path and not path.startswith(f"{self._site.path}/"):
            return self._app(environ, start_response)
        if not self._site.is_ready():
            start_response(BUSY.status, BUSY.headers)
            return [BUSY.body]
        path_in_site = path.removeprefix(self._site.path) or "/"
        below = environ | {"SCRIPT_NAME": self._site.public_path, "PATH_INFO": path_in_site}
        return self._site.app(below, start_response)
