"""A section as values that JSON can hold. Times and lengths of time in milliseconds."""

import math

from clickup_mlops.json_types import Json
from clickup_mlops.views.model import (
    Badge,
    Block,
    Button,
    Cell,
    Chart,
    Duration,
    Figure,
    Figures,
    Link,
    Mark,
    Moment,
    Note,
    Number,
    Section,
    Table,
)


def render_section(section: Section) -> dict[str, Json]:
    """`key`, `title`, `source`, `url` and `blocks`; each block has a `type`."""
    return {
        "key": section.key,
        "title": section.title,
        "source": section.source,
        "url": section.url,
        "blocks": [_render_block(block) for block in section.blocks],
    }


def render_cell(cell: Cell) -> Json:
    """A text, None, or an object that says what it is by its keys. Buttons are None."""
    match cell:
        case None | Button():
            return None
        case str():
            return cell
        case Number():
            return {"value": drop_infinite(cell.value), "unit": cell.unit, "tone": cell.tone}
        case Moment():
            return {"at_ms": cell.at_ms}
        case Duration():
            return {"ms": cell.ms, "tone": cell.tone}
        case Link():
            return {"text": cell.text, "url": cell.url}
        case Badge():
            return {"text": cell.text, "tone": cell.tone}


def drop_infinite(value: float | None) -> float | None:
    """JSON knows no other numbers."""
    return value if value is not None and math.isfinite(value) else None


def _render_block(block: Block) -> Json:
    match block:
        case Figures():
            return {"type": "figures", "items": [_render_figure(figure) for figure in block.items]}
        case Table():
            return _render_table(block)
        case Chart():
            return _render_chart(block)
        case Note():
            return {"type": "note", "text": block.text, "tone": block.tone}


def _render_figure(figure: Figure) -> Json:
    cells = {name: render_cell(getattr(figure, name)) for name in ("cell", "before", "low", "high")}
    return {"label": figure.label, "note": figure.note, **cells}


def _render_table(table: Table) -> Json:
    return {
        "type": "table",
        "key": table.key,
        "title": table.title,
        "columns": [column.title for column in table.columns],
        "rows": [[render_cell(table_cell) for table_cell in row] for row in table.rows],
        "total": len(table.rows) if table.total is None else table.total,
    }


def _render_chart(chart: Chart) -> Json:
    return {
        "type": "chart",
        "key": chart.key,
        "title": chart.title,
        "unit": chart.unit,
        "start_ms": chart.start_ms,
        "end_ms": chart.end_ms,
        "limit": chart.limit,
        "source": chart.source,
        "lines": [
            {"name": line.name, "points": [[at, drop_infinite(value)] for at, value in line.points]}
            for line in chart.lines
        ],
        "marks": [_render_mark(mark) for mark in chart.marks],
        **({"problem": chart.problem} if chart.problem else {}),
    }


def _render_mark(mark: Mark) -> Json:
    return {"at_ms": mark.at_ms, "kind": mark.kind, "text": mark.text, "url": mark.url}
