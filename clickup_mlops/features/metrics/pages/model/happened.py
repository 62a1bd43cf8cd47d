"""What happened to a model: deployments, versions, alerts, incidents, advice."""

from typing import Final

from clickup_mlops.features.metrics.presentation.charts import events
from clickup_mlops.features.metrics.presentation.subjects import of_target, short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.timeline_rows import Entry
from clickup_mlops.views.model import Badge, Cell, Column, Link, Moment, Section, Table, Tone

MOST: Final = 40
_COLUMNS: Final = (Column("When"), Column("Kind"), Column("What"), Column("State"), Column("By"))
_TONES: Final[dict[str, Tone]] = {"alert": "warning", "incident": "bad", "advice": "warning"}


def _build(data: Data, query: Query) -> Section | None:
    subjects = of_target(data, query)
    if not subjects:
        return None
    entries = events(data, query, subjects)
    rows = tuple(_row(entry) for entry in reversed(entries[-MOST:]))
    total = len(entries) if len(entries) > MOST else None
    empty = f"Nothing in {query.range}."
    title = "Versions, deployments, incidents, advice"
    table = Table("events", title, _COLUMNS, rows, empty, total)
    source = "Reports of tools and events of ClickUp, newest first; also of linked tasks."
    return Section("happened", "What happened", (table,), source)


def _row(entry: Entry) -> tuple[Cell, ...]:
    text = short(entry.text)
    event = Link(text, entry.url) if entry.url.startswith("https://") else text
    status = entry.value.get("state") or entry.value.get("to") or ""
    badge = Badge(entry.kind, _TONES.get(entry.kind, "plain"))
    return Moment(entry.at_ms), badge, event, short(str(status)) or None, short(entry.actor) or None


SECTION = SectionType("What happened", _build, 40, targeted=True)
