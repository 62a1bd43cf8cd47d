"""Where the browser comes back to after ClickUp's consent page: an address of this machine."""

import html
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from clickup_mlops.errors import InputError
from clickup_mlops.logs import escape_controls

PATH: Final = "/callback"
_DONE: Final = "You are signed in. Close this page and go back to the terminal."
_REFUSED: Final = "You are not signed in: ClickUp gave no access. Go back to the terminal."
_WRONG: Final = "This is not the sign-in that the terminal waits for. Begin again there."


class Loopback:
    """Listens on 127.0.0.1; use it in a `with`. The state alone binds what comes back to this
    program: ClickUp's OAuth has no PKCE.
    """

    def __init__(self, port: int) -> None:
        self.state = secrets.token_urlsafe(32)
        self._code, self._refusal, self._came = "", "", threading.Event()
        try:
            # Browsers open connections in advance, on which nothing comes.
            self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        except OSError as problem:
            raise InputError(
                f"cannot listen on port {port}: {problem.strerror or problem}",
                hint="--port, and the same port in the app's redirect URL in ClickUp.",
            ) from problem
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def redirect_uri(self) -> str:
        """The address that the OAuth app in ClickUp has to allow."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def __enter__(self) -> "Loopback":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, timeout_s: float) -> str:
        """The code that ClickUp gave.

        Raises:
            InputError: nobody came back in time, or without the access.
        """
        if not self._came.wait(timeout_s):
            raise InputError("nobody came back from ClickUp's page", hint="Run `login` again.")
        if self._refusal:
            raise InputError(
                f"ClickUp gave no access: {escape_controls(self._refusal):.200}",
                hint="Run `login` again, and allow the access.",
            )
        return self._code

    def accept(self, path: str) -> str:
        """What the person is shown: the first address that brings the code for this sign-in, or
        says why there is none, counts; empty: this one does not.
        """
        parts = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        is_ours = secrets.compare_digest(query.get("state", "").encode(), self.state.encode())
        answer = query.get("code") or query.get("error")
        if parts.path != PATH or not is_ours or not answer or self._came.is_set():
            return ""
        self._code = query.get("code", "")
        if not self._code:
            self._refusal = query.get("error_description") or query["error"]
        self._came.set()
        return _DONE if self._code else _REFUSED

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        accept = self.accept

        class Handler(BaseHTTPRequestHandler):
            """Answers the browser; writes no log: the address holds the code."""

            def do_GET(self) -> None:
                """The page that the person sees at the end."""
                text = accept(self.path)
                body = f"<!doctype html><p>{html.escape(text or _WRONG)}</p>".encode()
                self.send_response(200 if text else 400)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        return Handler
