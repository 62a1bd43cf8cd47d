"""Back-end against front-end traffic, and stragglers: links that carry much less than others."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.derive.balance import straggler
from clickup_mlops.features.metrics.presentation.places import (
    MOST_ROWS,
    Part,
    by_place,
    charts,
    over,
    parts,
)
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import (
    Block,
    Cell,
    Column,
    Figure,
    Figures,
    Number,
    Section,
    Table,
)

BACK, FRONT = "back_end_bytes_s", "front_end_bytes_s"
IDLE_PCT: Final = 5.0
"""Below this median utilisation no link is a straggler."""
_UTILISATION: Final = "link_utilisation_pct"
_MEASURES: Final = (BACK, FRONT, "stragglers")
_COLUMNS: Final = (
    Column("Host"),
    Column("Link"),
    Column("Utilisation", "end"),
    Column("Median of the host", "end"),
)
_NOTE: Final = "by the newest readings"


def _build(data: Data, query: Query) -> Section | None:
    traffic, ports = parts(data, query, "traffic"), parts(data, query, "network")
    blocks: list[Block] = []
    if share := _share(traffic):
        blocks.append(share)
    hosts = {place: links for place, links in by_place(_measured(ports)).items() if len(links) > 1}
    if hosts:
        rows = tuple(_stragglers(hosts))
        total = len(rows) if len(rows) > MOST_ROWS else None
        empty = "None: no link carries less than 70% of its host's median."
        first_rows = rows[:MOST_ROWS]
        blocks.append(Table("stragglers", "Stragglers", _COLUMNS, first_rows, empty, total))
    blocks += charts(data, query, traffic, _MEASURES)
    source = f"Measures named {BACK} and {FRONT}, and the utilisation of ports."
    return Section("traffic", "Back-end and front-end", tuple(blocks), source) if blocks else None


def _share(traffic: Iterable[Part]) -> Figures | None:
    back, front = (over(traffic, measure, sum) for measure in (BACK, FRONT))
    named = (("Back-end", back), ("Front-end", front))
    figures = [Figure(title, cell, _NOTE) for title, cell in named if cell]
    if back and front and (total := (back.value or 0) + (front.value or 0)):
        share = Number(100 * (back.value or 0) / total, "%", 1)
        figures.append(Figure("Back-end share", share, _NOTE))
    return Figures(tuple(figures)) if figures else None


def _measured(ports: Iterable[Part]) -> list[Part]:
    return [port for port in ports if port.value(_UTILISATION) is not None]


def _stragglers(hosts: Mapping[str, list[Part]]) -> Iterator[tuple[Cell, ...]]:
    for place, links in sorted(hosts.items()):
        loads = [link.value(_UTILISATION) or 0.0 for link in links]
        median = sorted(loads)[len(loads) // 2]
        slowest = straggler(loads)
        if slowest is not None and median >= IDLE_PCT:
            cell = links[slowest].number(_UTILISATION, "warning")
            yield place, links[slowest].name or None, cell, Number(median, "%", 1)


SECTION = SectionType("Back-end and front-end", _build, 30)
