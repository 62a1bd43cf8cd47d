"""What a page, a section or a chart looks like."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response, abort, render_template

from clickup_mlops.metrics.history import StoreHistory
from clickup_mlops.operations.dashboard import build
from clickup_mlops.operations.dashboard.model import Data, Query
from clickup_mlops.views.model import Note
from clickup_mlops.web.dashboard.model import Viewer

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

Arguments = Mapping[str, str]


def page(bot: "Bot", viewer: Viewer, key: str, arguments: Arguments, base: str) -> Response:
    """A page as HTML."""
    now_ms, wanted = bot.now_ms(), arguments.get("sections", "")
    query = Query(
        now_ms,
        arguments.get("target", ""),
        arguments.get("range") or "24h",
        arguments.get("zone") or "UTC",
    )
    history = StoreHistory(bot.store, bot.workspace_id, now_ms, raw_ms=1, five_minutes_ms=1)
    found = build.sections(build.all_pages()[key], Data(bot, history), query)
    shown = [one for one in found if not wanted or one.key in wanted.split(",")]
    notes = [block.text for one in shown for block in one.blocks if isinstance(block, Note)]
    return Response(
        render_template(
            "dashboard/layout.html",
            title=key,
            viewer=viewer,
            notes=notes,
            embedded=viewer.is_embedded,
        )
    )


def section(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, arguments: Arguments, base: str
) -> Response:
    """A section of it as HTML."""
    return page(bot, viewer, key, {**arguments, "sections": section}, base)


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
