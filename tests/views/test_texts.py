"""Formats of text: each escapes what is not its own, and says numbers the same way."""

import csv as reader
import io
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clickup_mlops.views import csv, html, markdown, plain, text
from clickup_mlops.views.cells import format_cell
from clickup_mlops.views.model import (
    Button,
    Column,
    Duration,
    Figure,
    Figures,
    Link,
    Moment,
    Note,
    Number,
    Section,
    Table,
)
from clickup_mlops.views.summary import format_change
from tests.views.samples import EVIL, NOW_MS, chart, section, table


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Number(1234.5, "ms", 1), "1,234.5 ms"),
        (Number(99.5, "%", 1), "99.5%"),
        (Number(1, "calls"), "1 call"),
        (Number(1, "ms"), "1 ms"),
        (Number(1.04, "requests", 2), "1.04 requests"),
        (Number(-0.0001, "", 1), "0.0"),
        (Number(None, "ms"), "–"),
        (Number(float("nan")), "–"),
        (Duration(7_500_000), "2 h 5 min"),
        (Duration(80), "80 ms"),
        (Duration(1500), "1.5 s"),
        (Duration(-90_000), "-1 min 30 s"),
        (Duration(86_400_000), "1 d"),
        (Moment(NOW_MS), "2026-11-27 21:40"),
        ("a\nb\x00\u202ec", "a b c"),
        (Button("Undo", "undo"), ""),
        (None, ""),
    ],
)
def test_cells_as_text(cell, expected):
    assert format_cell(cell, "Europe/Madrid") == expected


def test_how_long_ago():
    assert text.format_ago(NOW_MS - 59_000, NOW_MS) == "just now"
    assert text.format_ago(NOW_MS - 61_000, NOW_MS) == "1 min ago"
    assert text.format_ago(NOW_MS + 7_300_000, NOW_MS) == "in 2 h"


def test_a_figure_is_compared_with_the_period_before():
    assert format_change(Figure("x", Number(12), "", before=Number(10))) == "before: 10, +20.0%"
    assert format_change(Figure("x", Number(12), "", before=Number(0))) == "before: 0"
    assert format_change(Figure("x", Number(12), "")) == ""


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


TEXTS = st.text().filter(text.format_line) | st.sampled_from(
    [EVIL, "javascript:alert(1)", "//evil.example", "a|b\n- c"]
)


def _made_of(words: str) -> Section:
    columns = (Column(words), Column("x"))
    rows = ((Link(words, words), words), (words, Link("x", words)))
    figures = Figures((Figure(words, words, words),))
    return Section(
        "k", words, (Note(words), figures, Table("t", words, columns, rows)), words, words
    )


@given(TEXTS)
def test_no_text_becomes_html(words):
    """The page of whatever text has the tags of the page of a harmless one, and no bad address."""
    tags = Tags(html.render_section(_made_of(words))).found

    assert [tag for tag, _ in tags if tag != "a"] == [
        tag for tag, _ in Tags(html.render_section(_made_of("x"))).found
    ]
    assert all(name not in ("style", "onerror") for _, names in tags for name in names)
    for _tag, names in tags:
        assert (names.get("href") or "https://").startswith(("https://", "http://"))


@given(TEXTS)
def test_no_text_becomes_markdown(words):
    """Rendered, it has the structure that a harmless text has."""
    assert _kinds(_made_of(words)) == _kinds(_made_of("x"))


@given(st.text("@ \\_*a1.é[]()#-", max_size=12).map("@everyone {} x".format), st.text())
def test_no_text_mentions_anybody_in_chat(words, url):
    """Nor is there an address that cannot be written: a report is made of any."""
    rendered = markdown.render_section(_made_of(words)) + markdown.render_cell(
        Link(words, f"https://{url}")
    )

    assert not re.search(r"(?:^|[\W_])@\w", rendered)


def test_an_email_address_stays_one():
    assert markdown.escape("ask ana.b@example.org") == "ask ana.b@example.org"


@pytest.mark.parametrize("at_ms", [10**16, -(10**16), 10**20, 253_402_300_799_999])
def test_a_time_that_no_calendar_has_is_shown_as_its_end(at_ms):
    """A due date of somebody keeps no page from being there."""
    for zone in ("UTC", "Pacific/Kiritimati", "Etc/GMT+12"):
        assert text.format_moment(at_ms, zone).startswith(("9999-12", "0001-01", "1-01"))
        assert text.format_iso(at_ms, zone)


def _kinds(rendered_section: Section) -> list[str]:
    return [
        token.type
        for token in MarkdownIt("js-default").parse(markdown.render_section(rendered_section))
    ]


def test_markdown_links_lead_to_https_alone():
    rendered = MarkdownIt("js-default").render(markdown.render_section(section()))

    links = [names["href"] for tag, names in Tags(rendered).found if tag == "a"]
    assert links
    assert all(link.startswith("https://") for link in links)


def test_markdown_has_every_number_of_the_section():
    rendered = markdown.render_section(section(), "Europe/Madrid")

    for part in ("345.2 ms", "300 ms to 360 ms", "before: 10, +20.0%", "8 of 1,234.", "not enough"):
        assert part in rendered, part


@given(st.text())
def test_no_cell_is_a_formula(words):
    table = Table("t", "", (Column(words),), ((words,), (Link(words, ""),)))

    rows = [*reader.reader(io.StringIO(csv.render_table(table)))]

    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@given(st.text("=+-@;, \"'\t\uff1d\uff20x1", max_size=12))
def test_no_cell_is_a_formula_where_semicolons_part_them(words):
    """As spreadsheets of many countries read it."""
    table = Table("t", "", (Column("Task"),), ((f"x{words}",), (words,)))

    for delimiter in ",;":
        rows = reader.reader(io.StringIO(csv.render_table(table)), delimiter=delimiter)
        for cell in (cell for row in rows for cell in row):
            assert not cell.lstrip().startswith(tuple("=+-@\uff1d\uff20")), cell


def test_csv_has_bare_numbers_with_their_unit_in_the_heading():
    head, first, *_ = reader.reader(io.StringIO(csv.render_table(table(), "Europe/Madrid")))

    assert head[:5] == ["Task", "Priority", "P99 (ms)", "Waiting (ms)", "Since"]
    assert first[2:5] == ["200.0", "60000", "2026-11-27T21:39:00+01:00"]


def test_csv_of_a_chart_has_its_gaps():
    rows = [*reader.reader(io.StringIO(csv.render_chart(chart())))]

    assert rows[0] == ["Time", "P99 (ms)", "P50 (ms)"]
    assert len(rows) == 1 + 24 * 12
    assert rows[1 + 60][1:] == ["", ""]


def test_json_can_be_written_without_numbers_that_are_none():
    nan = Table("t", "", (Column("x"),), ((Number(float("inf")),), (Number(float("nan")),)))
    with_nan = Section("k", "T", (*section().blocks, nan))

    read = json.loads(json.dumps(plain.render_section(with_nan), allow_nan=False))

    assert [block["type"] for block in read["blocks"]][:3] == ["figures", "note", "table"]
    assert read["blocks"][-1]["rows"][0][0]["value"] is None


def test_a_report_has_no_buttons_and_no_form():
    page = html.render_section(section())

    assert "<button" not in page
    assert "<form" not in page
    assert "data:image/svg+xml;base64," in page


def test_a_dashboard_has_buttons_that_send_their_fields_and_the_token():
    page = html.render_section(section(), html.Look(act="/dashboard/do/", token="t0ken"))

    inputs = [names for tag, names in Tags(page).found if tag == "input"]
    assert {"type": "hidden", "name": "csrf_token", "value": "t0ken"} in inputs
    assert {"type": "hidden", "name": "change", "value": "c0"} in inputs


def test_tones_are_said_not_only_coloured():
    page = html.render_section(section())

    assert '<span class="unseen">bad: </span>345.2 ms' in page


def test_columns_that_are_empty_in_every_row_are_not_shown():
    """Not on a page, not in a report; for programs every column is there."""
    columns = (Column("Task"), Column("Held"), Column("Due"), Column("P99"), Column("Undo"))
    button = Button("Undo", "undo")
    rows = ((None, "", None, Number(None), button), ("B", None, Moment(NOW_MS), None, button))
    table_section = Section("s", "S", (Table("t", "T", columns, rows),))

    page, acting = (
        html.render_section(table_section),
        html.render_section(table_section, html.Look(act="/do/")),
    )
    for rendered in (page, acting, markdown.render_section(table_section)):
        assert "Held" not in rendered
        assert "Task" in rendered and "Due" in rendered and "P99" in rendered
    assert ">Undo</th>" not in page and ">Undo</th>" in acting
    (block,) = plain.render_section(table_section)["blocks"]
    assert block["columns"] == [column.title for column in columns]
    assert csv.render_table(table_section.blocks[0]).startswith("Task,Held,Due,P99,Undo")


def test_times_within_texts_are_in_the_time_zone() -> None:
    """As moments are: reasons hold times that were written in UTC."""
    rows = (("held until 2026-11-27 21:40 UTC",),)
    blocks = (Note("since 2026-07-01 10:00 UTC"), Table("t", "T", (Column("Why"),), rows))
    reasons = Section("s", "S", blocks)
    for page in (
        html.render_section(reasons, html.Look("Europe/Madrid")),
        markdown.render_section(reasons, "Europe/Madrid"),
    ):
        assert "2026-11-27 22:40 CET" in page and "2026-07-01 12:00 CEST" in page
        assert "UTC" not in page
