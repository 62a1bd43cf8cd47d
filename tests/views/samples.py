"""A section with everything in it, and texts that nobody should trust."""

import math

from clickup_mlops.views.model import (
    NOT_ENOUGH,
    Badge,
    Button,
    Chart,
    Column,
    Duration,
    Figure,
    Figures,
    Line,
    Link,
    Mark,
    Moment,
    Note,
    Number,
    Section,
    Table,
)

NOW_MS = 1_795_812_000_000
"""2026-11-27 20:40 UTC"""
HOUR = 3_600_000
EVIL = """</script><img src=x onerror=alert(1)>'"&|](javascript:alert(1))"""


def line(name: str, base: float, wave: float, hours: int = 24) -> Line:
    """A point every five minutes with a gap of an hour, and one point between two gaps."""
    points = []
    for number in range(hours * 12):
        at_ms = NOW_MS - hours * HOUR + number * 300_000
        value = base + wave * math.sin(number / 9) + wave * 0.3 * math.sin(number * 2.1)
        points.append((at_ms, None if 60 <= number < 72 or number in (100, 102) else value))
    return Line(name, tuple(points))


def chart(*lines: Line, key: str = "p99", limit: float | None = 300.0, unit: str = "ms") -> Chart:
    return Chart(
        key,
        "Latency",
        unit,
        NOW_MS - 24 * HOUR,
        NOW_MS,
        lines or (line("P99", 280, 60), line("P50", 90, 15)),
        (
            Mark(NOW_MS - 20 * HOUR, "deployment", "chat-3 v14", "https://ci.example.org/14"),
            Mark(NOW_MS - 20 * HOUR + 600_000, "incident", "P99 over the SLO"),
            Mark(NOW_MS - 5 * HOUR, "advice", EVIL, "javascript:alert(1)"),
        ),
        limit,
        "prometheus: histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))",
    )


def figures() -> Figures:
    return Figures(
        (
            Figure("Open", Number(12), "now", before=Number(10)),
            Figure(
                "P99",
                Number(345.25, "ms", 1, "bad"),
                "24 h, prometheus",
                low=Number(300, "ms"),
                high=Number(360, "ms"),
            ),
            Figure("Longest wait", Duration(7_500_000, "warning"), "now"),
            Figure("Error rate", Number(0.02, "%", 2, "good"), "24 h"),
            Figure("Forecast", NOT_ENOUGH, "30 days"),
            Figure("Queue", Number(None), "nobody measures it"),
        )
    )


def table(rows: int = 8) -> Table:
    columns = (
        Column("Task"),
        Column("Priority"),
        Column("P99", "end"),
        Column("Waiting", "end"),
        Column("Since"),
        Column("Why"),
        Column(""),
    )
    return Table("tasks", "Open tasks", columns, tuple(map(_row, range(rows))), total=1234)


def _row(number: int):
    tones = ("bad", "warning", "good", "plain")
    tone = tones[number % 4]
    name = EVIL if number == 3 else f"P99 of chat-{number} above its SLO"
    return (
        Link(name, f"https://app.clickup.com/t/86d3f{number:02}"),
        Badge(("Urgent", "High", "Normal", "Low")[number % 4], tone),
        Number(None if number == 5 else 200.0 + 31 * number, "ms", 1, tone),
        Duration(number * 3_700_000 + 60_000, tone),
        Moment(NOW_MS - number * 3_700_000 - 60_000),
        "inference traffic of a live incident, SLO breached for 12 min",
        Button("Undo", "undo", (("change", f"c{number}"),), "Write the earlier value back?"),
    )


def section(key: str = "lane") -> Section:
    empty = Table("held", "Training that is held", (Column("Task"),), (), "Nothing is held.")
    note = Note("2 sources have been silent for an hour.", "warning")
    blocks = (figures(), note, table(), empty, chart())
    return Section(key, "Inference lane", blocks, "store", "https://docs.example.org/lane")
