"""Two charts side by side."""

from clickup_mlops.ports.sections.model import SectionType
from clickup_mlops.views.model import Column, Link, Section, Table
from tests.views.samples import line


def _build(_data, query):
    def lines():
        return [line(f"host-{n}", 40 + 9 * n, 6) for n in range(4)]

    source = "RoCE utilisation by host, means over 5 minutes"
    chart = query.chart("use", "RoCE utilisation", "%", lines, limit=95, source=source)
    two = query.chart("pfc", "PFC pause", "frames/s", lines, source=source)
    links = (
        (Link("chat-3", "/dashboard/everything?target=chat-3"),),
        (Link("x", "//evil.example"),),
    )
    return Section("x", "Network", (chart, two, Table("links", "", (Column("Model"),), links)))


SECTION = SectionType("Network", _build, 20)
