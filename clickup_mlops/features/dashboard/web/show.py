"""What the dashboard shows: pages as HTML and JSON, charts as SVG, tables and charts as CSV.

Who may see it was checked before. Everything here is called within a request of the Flask app.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Response, abort, current_app, render_template, request

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.dashboard import build
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.features.dashboard.web.query_params import at_ms, read_query_params
from clickup_mlops.features.dashboard.web.urls import Addresses, look
from clickup_mlops.ports.dashboard.model import Viewer
from clickup_mlops.ports.sections.find import Page, all_pages
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import RANGES, Data, Query
from clickup_mlops.views import csv, html, plain, svg
from clickup_mlops.views.model import Chart, Note, Section

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

Arguments = Mapping[str, str]
_TOKEN: Final = secrets.token_hex(16)
"""Stands for the form token until the page is sent: a text of somebody else must not hold it."""


def page(bot: "Bot", viewer: Viewer, key: str, arguments: Arguments, base: str) -> Response:
    """A page; `base` begins the addresses: `/dashboard`, or that of an embedded view.

    Raises:
        InputError: an argument cannot be read.
    """
    definition, params = _page(key), read_query_params(bot, viewer, arguments)
    query = replace(params.query, draws=params.values)
    data = open_data(bot, viewer.access, query.now_ms)
    addresses = Addresses(base, key, params, viewer)
    sections = [
        html.render_section(section, look(addresses, section, _TOKEN))
        for section in _sections(definition, data, query, params.sections)
    ]
    body = render_template(
        "page.html",
        title=definition.type.title,
        view=View(key, query.target, query.range, params.sections),
        page=definition,
        sections=sections,
        token=_TOKEN,
        viewer=viewer,
        embedded=viewer.is_embedded,
        addresses=addresses,
        params=params,
        base=base,
        pages=all_pages(),
        views=bot.settings.table(DashboardSettings).views,
        ranges=RANGES,
        targets=_targets(definition, data, viewer),
        zones=[*dict.fromkeys((query.zone, bot.settings.jobs.time_zone, "UTC"))],
        refresh_s=int(bot.settings.table(DashboardSettings).refresh_every.total_seconds()),
    )
    return _answer(body, "text/html")


def section(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, arguments: Arguments, base: str
) -> Response:
    """The page with that section alone.

    Raises:
        InputError: as `page`.
    """
    return page(bot, viewer, key, {**arguments, "sections": section}, base)


def chart(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, chart: str, arguments: Arguments
) -> Response:
    """A chart's picture.

    Raises:
        InputError: as `page`.
        ClickUpMlopsError: its points cannot be read.
    """
    params = read_query_params(bot, viewer, arguments)
    at = at_ms(arguments, params.query.now_ms)
    query = replace(params.query.until(at), draws=chart)
    chart_block = _block(_section(bot, viewer, key, section, query).charts(), chart)
    return _answer(svg.draw_chart(chart_block, query.zone, width=params.width), "image/svg+xml")


def as_json(bot: "Bot", viewer: Viewer, key: str, arguments: Arguments) -> Response:
    """What the page shows, with the points of its charts; as `views.plain` has it.

    Raises:
        InputError: as `page`.
    """
    definition, params = _page(key), read_query_params(bot, viewer, arguments)
    query = replace(params.query, draws="*")
    data = open_data(bot, viewer.access, query.now_ms)
    sections = _sections(definition, data, query, params.sections)
    content = {
        "page": key,
        "title": definition.type.title,
        "target": query.target,
        "range": query.range,
        "start_ms": query.start_ms,
        "end_ms": query.now_ms,
        "sections": [plain.render_section(section) for section in sections],
    }
    return _answer(orjson.dumps(content), "application/json")


def as_csv(
    bot: "Bot", viewer: Viewer, key: str, *, section: str, table_or_chart: str, arguments: Arguments
) -> Response:
    """The rows of a table, or the points of a chart.

    Raises:
        InputError, ClickUpMlopsError: as `chart`.
    """
    query = replace(read_query_params(bot, viewer, arguments).query, draws=table_or_chart)
    built_section = _section(bot, viewer, key, section, query)
    table = next(
        (candidate for candidate in built_section.tables() if candidate.key == table_or_chart), None
    )
    if table is not None:
        content = csv.render_table(table, query.zone)
    else:
        content = csv.render_chart(_block(built_section.charts(), table_or_chart), query.zone)
    answer = _answer(content, "text/csv")
    name = "-".join(map(_plain_name, (key, section, table_or_chart)))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _page(key: str) -> Page:
    definition = all_pages().get(key)
    return definition if definition is not None else abort(HTTPStatus.NOT_FOUND)


def _section(bot: "Bot", viewer: Viewer, key: str, section: str, query: Query) -> Section:
    definition = _page(key)
    if section not in definition.sections:
        abort(HTTPStatus.NOT_FOUND)
    data = open_data(bot, viewer.access, query.now_ms)
    built_section = next(build.sections(definition, data, query, section), None)
    return built_section if built_section is not None else abort(HTTPStatus.NOT_FOUND)


def _sections(definition: Page, data: Data, query: Query, only: Iterable[str]) -> Iterator[Section]:
    """One that cannot be built says why; the others are there."""
    for key in only or definition.sections:
        if key not in definition.sections:
            continue
        try:
            yield from build.sections(definition, data, query, key)
        except ClickUpMlopsError as problem:
            text = logs.redactor.text(f"Cannot be shown: {problem}. {problem.hint}".strip())
            yield Section(key, definition.sections[key].title, (Note(text, "bad"),))


def _block(blocks: Iterable[Chart], key: str) -> Chart:
    match = next((block for block in blocks if block.key == key), None)
    return match if match is not None else abort(HTTPStatus.NOT_FOUND)


def _targets(definition: Page, data: Data, viewer: Viewer) -> list[tuple[str, str]]:
    if definition.type.targets is None or viewer.is_embedded:
        return []
    return definition.type.targets(data)


def _plain_name(text: str) -> str:
    return "".join(
        character if character.isascii() and (character.isalnum() or character in "-_") else "_"
        for character in text
    )


def _answer(body: str | bytes, kind: str) -> Response:
    """With an ETag: who has it already gets no body. The form token is in none."""
    content = body.encode() if isinstance(body, str) else body
    answer = Response(content, mimetype=kind)
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32], weak=True)
    answer.make_conditional(request.environ)
    token: Any = current_app.jinja_env.globals.get("csrf_token")
    if answer.status_code == HTTPStatus.OK and kind == "text/html":
        answer.set_data(content.replace(_TOKEN.encode(), (token() if token else "").encode()))
    return answer
