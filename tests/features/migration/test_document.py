"""Sections as text and Markdown: no name can change what is around it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.migration import document
from clickup_mlops.features.migration.document import Section, Table

HOSTILE = [
    "a | b",
    "line\nbreak\r\n| x |",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "`code` **bold** _it_ ~~s~~",
    "# heading",
    "- point",
    "1. first",
    "\\",
    "&lt;b&gt;",
    "![](http://x/y.png)",
    "$x^2$",
    "\u2028| y |\x00",
]


def section(cell: str) -> Section:
    """A table with one hostile cell, and the same text everywhere else."""
    table = Table(("Name", "Count"), ((cell, "1"), ("next", "2")), frozenset({1}))
    return Section(cell, (cell,), table, (cell,), (), (cell,))


def cells(row: str) -> list[str]:
    """A row's cells, as GitHub splits them."""
    return re.split(r"(?<!\\)(?:\\\\)*\|", row)[1:-1]


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_cell_stays_one_cell(cell: str) -> None:
    """Whatever the text, the table has as many rows and cells as before."""
    rows = [
        line for line in document.markdown([section(cell)]).split("\n") if line.startswith("| ")
    ]

    assert len(rows) == 4
    assert all(len(cells(row)) == 2 for row in rows)


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_tag_and_no_link_is_left(cell: str) -> None:
    """What means something in HTML or Markdown is escaped."""
    markdown = document.markdown([section(cell)])

    assert "<" not in markdown
    assert "](" not in markdown.replace("\\](", "")
    assert markdown.count("\n# ") == 0


def test_headings_boxes_and_commands() -> None:
    """Each part has its form."""
    markdown = document.markdown(
        [Section("T", ("p",), None, ("one",), ("clickup-mlops help",), ("me",), level=1)]
    )

    assert markdown == "# T\n\np\n\n- [ ] me\n\n- one\n\n```sh\nclickup-mlops help\n```\n"


def test_text_tables_are_aligned() -> None:
    """Numbers end on the right; wide letters take two columns; long cells are cut."""
    table = Table(
        ("Name", "Count"), (("日本", "1"), ("abcde", "1,000"), ("x" * 99, "")), frozenset({1})
    )

    lines = document.text([Section("T", table=table)]).split("\n")

    assert lines[2] == "  日本" + " " * 76 + "      1"
    assert lines[4].startswith(f"  {'x' * 79}…")
    assert len(lines) == 5


@given(st.text())
def test_text_lines_are_lines(cell: str) -> None:
    """No name adds a line to a terminal's output."""
    assert len(document.text([section(cell)]).split("\n")) == 7


def test_combining_letters_take_no_room() -> None:
    """An accent is drawn over the letter before it."""
    assert document.width("e\u0301\u200f") == 1
