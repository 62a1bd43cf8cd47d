"""Rows of a board's sheet: what each of them is, where neither ids nor styles say it."""

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.migration.sources._monday_rows import split
from clickup_mlops.monday.export.board import read_head, read_items
from clickup_mlops.monday.export.workbook import Row, clean

WITHOUT_IDS: list[Row] = [
    ("Models",),
    (),
    ("Now",),
    ("Name", "Subitems", "Due"),
    ("Serve", "Tune", "2026-01-02"),
    ("Subitems", "Name", "Due"),
    ("", "Tune", "2026-01-02"),
    ("", "", "2026-01-02 to 2026-01-03"),
    ("",),
    ("Later",),
    ("Name", "Subitems", "Due"),
    ("Subitems", "", "2026-02-01"),
    ("Alone",),
]


def test_without_ids_the_second_cell_tells_subitems_from_totals() -> None:
    """And an item may be called Subitems."""
    rows = [(row.name, row.is_subitem, row.group, row.number) for row in read_items(WITHOUT_IDS)]

    assert rows == [
        ("Serve", False, (1, "Now"), 5),
        ("Tune", True, (1, "Now"), 7),
        ("Subitems", False, (2, "Later"), 12),
        ("Alone", False, (2, "Later"), 13),
    ]


def test_a_group_that_is_empty_and_has_no_header_is_no_item() -> None:
    """An item always has its id."""
    rows: list[Row] = [
        ("Models",),
        ("Now",),
        ("Name", "Status", "Item ID (auto generated)"),
        ("Serve", "", 101.0),
        ("Empty group",),
    ]

    assert [(item.name, item.id) for item in read_items(rows)] == [("Serve", "101")]


def test_a_sheet_without_title_has_a_group_only() -> None:
    head = read_head([("Now",), ("Item", "Status"), ("Serve", "Done")])

    assert head is not None
    assert (head.title, head.noun) == ("", "Item")


def test_an_empty_sheet_has_no_head() -> None:
    assert read_head([]) is None
    assert read_head([("Only a title",)]) is None


def test_text_is_cleaned() -> None:
    """Without control characters and the apostrophe before a formula; other values stay."""
    assert clean("'=A1\r\n\x00b ") == "=A1\nb"
    assert clean("'quoted'") == "'quoted'"
    assert clean("'") == "'"
    assert clean(3.5) == 3.5


_names = st.text(st.sampled_from("ab, "), min_size=1, max_size=6)


@given(st.lists(_names, max_size=6), st.sets(_names))
def test_splitting_names_loses_nothing(names: list[str], known_names: set[str]) -> None:
    joined = ",".join(names)

    assert ",".join(split(joined, known_names)) == joined


@given(st.lists(st.text(st.sampled_from("ab"), min_size=1), min_size=1, max_size=6))
def test_names_without_commas_are_split_as_they_were(names: list[str]) -> None:
    assert list(split(",".join(names), set(names))) == names
