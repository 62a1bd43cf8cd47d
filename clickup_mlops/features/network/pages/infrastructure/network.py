"""RDMA over Ethernet (RoCE), by port: utilisation, congestion, pauses and loss."""

from collections.abc import Collection
from typing import Final

from clickup_mlops.features.metrics.diagnosis.diagnose import diagnose
from clickup_mlops.features.metrics.diagnosis.model import Numbers
from clickup_mlops.features.metrics.presentation.places import (
    MOST_ROWS,
    SILENT,
    Part,
    charts,
    parts,
)
from clickup_mlops.features.metrics.presentation.subjects import short
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views import measures
from clickup_mlops.views.model import Cell, Column, Section, Table

MEASURES: Final = (
    "link_utilisation_pct",
    "ecn_marked_pct",
    "cnp_sent_per_s",
    "cnp_handled_per_s",
    "pause_received_pct",
    "pause_sent_pct",
    "out_of_sequence_ppm",
    "retransmission_ppm",
)
"""In columns and charts."""
_COLUMNS: Final = (
    Column("Host"),
    Column("Port"),
    *(Column(measures.format_title(name), "end") for name in MEASURES),
    Column("Advice"),
)
_SOURCE: Final = "The newest readings. Marked numbers belong to a symptom that advice names."


def _build(data: Data, query: Query) -> Section | None:
    measured = parts(data, query, "network", "balance")
    ports = [port for port in measured if not port.series.keys().isdisjoint(MEASURES)]
    if not ports:
        return None
    # As advice does: what is measured of a host is added to each of its ports.
    hosts = {port.place: port.values for port in measured if not port.name}
    facts = data.settings.table(MetricsSettings).facts
    symptoms = (
        (port, _symptoms({**hosts.get(port.place, {}), **port.values}, facts)) for port in ports
    )
    rows = sorted(symptoms, key=_worst_first)
    cells = tuple(_row(port, symptoms) for port, symptoms in rows[:MOST_ROWS])
    total = len(rows) if len(rows) > MOST_ROWS else None
    table = Table("ports", "Ports", _COLUMNS, cells, total=total)
    drawn = charts(data, query, ports, MEASURES)
    return Section("network", "RoCE by port", (table, *drawn), _SOURCE)


def _symptoms(values: Numbers, facts: Collection[str]) -> dict[str, Collection[str]]:
    """Titles of what holds for the port, with the measures that say so."""
    diagnosis = diagnose(values, facts).advice
    return {advice.symptom.title: advice.symptom.needs for advice in diagnosis}


def _worst_first(row: tuple[Part, dict[str, Collection[str]]]) -> tuple[int, float, str]:
    port, symptoms = row
    return -len(symptoms), -(port.value("link_utilisation_pct") or 0), port.title


def _row(port: Part, symptoms: dict[str, Collection[str]]) -> tuple[Cell, ...]:
    marked = {measure for needs in symptoms.values() for measure in needs}
    numbers = (
        port.number(measure, "warning" if measure in marked else "plain") for measure in MEASURES
    )
    advice: Cell = short("; ".join(symptoms)) or None
    return port.place, port.name or None, *numbers, advice if port.fresh else SILENT


SECTION = SectionType("RoCE by port", _build, 10)
