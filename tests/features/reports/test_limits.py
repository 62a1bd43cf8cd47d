"""A report within bounds: however long the texts are that others wrote."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.reports import limits
from clickup_mlops.features.reports.render import html, pdf
from clickup_mlops.ports.sections import period
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import (
    Badge,
    Chart,
    Column,
    Figure,
    Figures,
    Line,
    Link,
    Mark,
    Note,
    Section,
    Table,
)

SAID = len(" … 1,000,000 characters left out")
ROWS = 2_000


def report_of(words: str, rows: int = ROWS) -> Report:
    """Each text is this one."""
    row = (words, Link(words, "https://example.org"), Badge(words))
    chart = Chart(
        "chart", words, "ms", 0, 60_000, (Line(words, ((0, 1.0),)),), (Mark(1, "alert", words),),
        source=words, problem=words,
    )  # fmt: skip
    blocks = (
        Table("table", words, (Column("a"), Column("b"), Column("c")), (row,) * rows),
        Figures((Figure(words, words, words),)),
        Note(words),
        chart,
    )
    about = period.of_task("milestone", words, 0, 1, "UTC")
    return Report(words, about, (Section("one", words, blocks, words),))


def texts(report: Report) -> Iterator[str]:
    """Every text of a report that others may have written."""
    yield from (report.title, report.period.name)
    for section in report.sections:
        yield from (section.title, section.source)
        for block in section.blocks:
            match block:
                case Table():
                    yield from (
                        block.title,
                        *(format_cell(cell) for row in block.rows for cell in row),
                    )
                case Figures():
                    for figure in block.items:
                        yield from (figure.label, figure.note, format_cell(figure.cell))
                case Note():
                    yield block.text
                case Chart():
                    yield from (block.title, block.source, block.problem)
                    yield from (line.name for line in block.lines)
                    yield from (mark.text for mark in block.marks)


@pytest.mark.parametrize("words", ["x" * 60_000, "<b> | `rm` [x](y) " * 4_000])
def test_no_text_is_longer_than_the_limit_and_the_rest_is_counted(words: str) -> None:
    result = [*texts(limits.limited(report_of(words, rows=9)))]

    assert max(map(len, result)) <= limits.LONGEST + SAID
    more = f"{len(words.strip()) - limits.LONGEST:,} characters left out"
    assert all(text.endswith(more) for text in result)


def test_rows_over_the_limit_are_left_out_and_counted() -> None:
    (section,) = limits.limited(report_of("x" * 100)).sections
    (table,) = section.tables()

    assert sum(len(format_cell(cell)) for row in table.rows for cell in row) <= limits.MOST
    assert (len(table.rows), table.total) == (limits.MOST // 300, ROWS)


@given(st.text(st.characters(codec="utf-8"), max_size=limits.LONGEST), st.integers(0, 30))
def test_what_is_within_the_limits_stays_as_it_is(words: str, rows: int) -> None:
    report = report_of(words, rows)

    assert limits.limited(report) == report


def test_a_pdf_is_of_the_report_within_limits() -> None:
    """So the longest texts make no more letters to set than these."""
    pytest.importorskip("weasyprint")
    report = report_of("<b>evil</b> " * 1_000, rows=9)
    page = html.render(limits.limited(report))

    assert len(page) < 50_000 < len(html.render(report))
    assert pdf.render(report) == pdf.of_page(page)
