"""Figures, notes, tables, buttons, and one chart; a number changes with the time."""

from dataclasses import replace

from clickup_mlops.ports.sections.model import SectionType
from clickup_mlops.views.model import Figure, Figures, Number
from tests.views.samples import chart, section


def _build(data, query):
    _figures, note, table, empty, _chart = section().blocks
    bot = vars(data.bot)["_bot"]
    rows = table.rows[bot.gone :]
    if "undo" not in query.may:  # as pages do it
        rows = [(*row[:-1], "") for row in rows]
    table = replace(table, rows=tuple(rows))
    first = Figures((Figure("Open tasks", Number(bot.open), "now"), *_figures.items))
    drawn = query.chart(
        "p99", "Latency", "ms", lambda: _lines(query), marks=_chart.marks, limit=300.0, source="p99"
    )
    return replace(section(), blocks=(first, note, table, empty, drawn))


def _lines(query):
    moved = query.now_ms - chart().end_ms
    for line in chart().lines:
        yield replace(line, points=tuple((at + moved, value) for at, value in line.points))


SECTION = SectionType("Inference lane", _build, 10)
