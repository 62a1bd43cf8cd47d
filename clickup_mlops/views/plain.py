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


def section(one: Section) -> dict[str, Json]:
    """`key`, `title`, `source`, `url` and `blocks`; each block has a `type`."""
    return {
        "key": one.key,
        "title": one.title,
        "source": one.source,
        "url": one.url,
        "blocks": [_block(block) for block in one.blocks],
    }


def cell(one: Cell) -> Json:
    """A text, None, or an object that says what it is by its keys. Buttons are None."""
    match one:
        case None | Button():
            return None
        case str():
            return one
        case Number():
            return {"value": finite(one.value), "unit": one.unit, "tone": one.tone}
        case Moment():
            return {"at_ms": one.at_ms}
        case Duration():
            return {"ms": one.ms, "tone": one.tone}
        case Link():
            return {"text": one.text, "url": one.url}
        case Badge():
            return {"text": one.text, "tone": one.tone}


def finite(value: float | None) -> float | None:
    """JSON knows no other numbers."""
    return value if value is not None and math.isfinite(value) else None


def _block(block: Block) -> Json:
    match block:
        case Figures():
            return {"type": "figures", "items": [_figure(one) for one in block.items]}
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)
        case Note():
            return {"type": "note", "text": block.text, "tone": block.tone}


def _figure(one: Figure) -> Json:
    cells = {name: cell(getattr(one, name)) for name in ("cell", "before", "low", "high")}
    return {"label": one.label, "note": one.note, **cells}


def _table(table: Table) -> Json:
    return {
        "type": "table",
        "key": table.key,
        "title": table.title,
        "columns": [column.title for column in table.columns],
        "rows": [[cell(one) for one in row] for row in table.rows],
        "total": len(table.rows) if table.total is None else table.total,
    }


def _chart(chart: Chart) -> Json:
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
            {"name": line.name, "points": [[at, finite(value)] for at, value in line.points]}
            for line in chart.lines
        ],
        "marks": [_mark(one) for one in chart.marks],
        **({"problem": chart.problem} if chart.problem else {}),
    }


def _mark(mark: Mark) -> Json:
    return {"at_ms": mark.at_ms, "kind": mark.kind, "text": mark.text, "url": mark.url}
