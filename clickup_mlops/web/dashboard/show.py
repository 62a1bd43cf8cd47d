"""What a page, a section or a chart looks like."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, abort, render_template

from clickup_mlops.web.dashboard.model import Viewer

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

Arguments = Mapping[str, str]


def page(bot: "Bot", viewer: Viewer, key: str, arguments: Arguments, base: str) -> Response:
    """A page as HTML."""
    return _shown(viewer, key, arguments, base)


def section(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, arguments: Arguments, base: str
) -> Response:
    """A section of it as HTML."""
    return _shown(viewer, f"{key}/{section}", arguments, base)


def chart(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, chart: str, arguments: Arguments
) -> Response:
    """A chart as SVG."""
    abort(404)


def as_json(bot: "Bot", viewer: Viewer, key: str, arguments: Arguments) -> Response:
    """A page as JSON."""
    abort(404)


def as_csv(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, table_or_chart: str, arguments: Arguments
) -> Response:
    """A table or chart as CSV."""
    abort(404)


def _shown(viewer: Viewer, title: str, arguments: Arguments, base: str) -> Response:
    return Response(
        render_template(
            "dashboard/layout.html",
            title=title,
            viewer=viewer,
            arguments=dict(arguments),
            base=base,
            embedded=viewer.is_embedded,
        )
    )
