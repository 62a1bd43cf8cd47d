"""What happened to a model: deployments, versions, alerts, incidents, advice."""

from typing import Final

from clickup_mlops.features.metrics.presentation.charts import events
from clickup_mlops.features.metrics.presentation.subjects import of_target, short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store.tables.timeline import Entry
from clickup_mlops.views.model import Badge, Cell, Column, Link, Moment, Section, Table, Tone

MOST: Final = 40
_COLUMNS: Final = (Column("When"), Column("Kind"), Column("What"), Column("State"), Column("By"))
_TONES: Final[dict[str, Tone]] = {"alert": "warning", "incident": "bad", "advice": "warning"}


def _build(data: Data, query: Query) -> Section | None:
    subjects = of_target(data, query)
    if not subjects:
        return None
    found = events(data, query, subjects)
    rows = tuple(_row(one) for one in reversed(found[-MOST:]))
    total = len(found) if len(found) > MOST else None
    empty = f"Nothing in {query.range}."
    title = "Versions, deployments, incidents, advice"
    table = Table("events", title, _COLUMNS, rows, empty, total)
    source = "Reports of tools and events of ClickUp, newest first; also of linked tasks."
    return Section("happened", "What happened", (table,), source)


def _row(one: Entry) -> tuple[Cell, ...]:
    text = short(one.text)
    what = Link(text, one.url) if one.url.startswith("https://") else text
    said = one.value.get("state") or one.value.get("to") or ""
    badge = Badge(one.kind, _TONES.get(one.kind, "plain"))
    return Moment(one.at_ms), badge, what, short(str(said)) or None, short(one.actor) or None


SECTION = SectionType("What happened", _build, 40, targeted=True)
