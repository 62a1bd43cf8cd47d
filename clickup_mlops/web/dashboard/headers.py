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


def guard(response: Response, *, is_embedded: bool, is_static: bool) -> Response:
    """The response with these headers.

    An embedded view has its token in the address, which no other site must see.
    """
    policy = _PICTURE if response.mimetype == "image/svg+xml" else _PAGE
    ancestors = CLICKUP if is_embedded else "'none'"
    headers = response.headers
    headers.update(_ALWAYS)
    headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {ancestors}"
    headers["Referrer-Policy"] = "no-referrer" if is_embedded else "same-origin"
    if not is_embedded:
        headers["X-Frame-Options"] = "DENY"  # it knows no list of hosts
    if not is_static:
        headers["Cache-Control"] = "no-store"
    return response
