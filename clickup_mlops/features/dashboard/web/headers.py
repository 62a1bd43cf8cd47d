"""Headers of every answer of the dashboard: what a browser may load, keep, pass on, and frame."""

from typing import Final

from flask import Response

CLICKUP: Final = "https://app.clickup.com https://*.clickup.com"
"""Who may frame an embedded view."""
_PAGE: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'"
)
_PICTURE: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of an SVG that is opened alone: it has its style inside, and may run nothing."""
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex, nofollow",
}


_HTTPS_ALONE: Final = "max-age=31536000"
"""For a year, and for this host: what its other names serve is not known here."""


def guard(response: Response, *, is_embedded: bool, is_static: bool, is_https: bool) -> Response:
    """The response with these headers.

    An embedded view has its token in the address, which no other site must see. `is_https`: people
    reach the server by https, and browsers need not ask by http any more.
    """
    policy = _PICTURE if response.mimetype == "image/svg+xml" else _PAGE
    ancestors = CLICKUP if is_embedded else "'none'"
    headers = response.headers
    headers.update(_ALWAYS)
    headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {ancestors}"
    headers["Referrer-Policy"] = "no-referrer" if is_embedded else "same-origin"
    if is_https:
        headers["Strict-Transport-Security"] = _HTTPS_ALONE
    if not is_embedded:
        headers["X-Frame-Options"] = "DENY"  # it knows no list of hosts
    if not is_static:
        headers["Cache-Control"] = "no-store"
    return response
