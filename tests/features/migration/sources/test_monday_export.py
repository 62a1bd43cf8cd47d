"""The export of a Monday.com board: one test for each trap of its layout."""

import multiprocessing
import tempfile
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from clickup_mlops.errors import ContentError, InputError
from clickup_mlops.features.migration.sources import monday_export
from clickup_mlops.monday.export import reading
from tests.features.migration.sources.export_files import Board, Group, Item, Update, saved
from tests.features.migration.sources.reading import Everything, opened, read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SERVING = Item("Serve llama", "101", {"Status": "Done", "Due": date(2026, 6, 15)})
TRAINING = Item(
    "Train, again", "102", {"Status": "Stuck", "Due": datetime.fromisoformat("2026-07-01T09:30")}
)


def board(*groups: Group, **more: object) -> Board:
    settings: dict[str, object] = {"title": "Models", "columns": ("Status", "Due")}
    return Board(groups=groups, **(settings | more))  # type: ignore[arg-type]


def read_board(path: Path, given_board: Board) -> Everything:
    return read("monday_export", given_board.write(path / "export.xlsx"))


def column(items: list[Item], title: str = "Column") -> Board:
    return board(Group("All", items), columns=(title,), title="Column")


def test_every_group_repeats_the_header(tmp_path: Path) -> None:
    """Groups are in order; no header becomes an item."""
    result = read_board(tmp_path, board(Group("Now", [SERVING]), Group("Later", [TRAINING])))

    assert [group.title for group in result.board.groups] == ["Now", "Later"]
    assert [(item.name, item.group_id) for item in result.items] == [
        ("Serve llama", "Now"),
        ("Train, again", "Later"),
    ]
    assert result.board.name == "Models"
    assert not result.problems


def test_two_groups_with_one_title_stay_two(tmp_path: Path) -> None:
    result = read_board(tmp_path, board(Group("Now", [SERVING]), Group("Now", [TRAINING])))

    assert [item.group_id for item in result.items] == ["Now", "Now (2)"]


def test_a_description_stands_between_title_and_first_group(tmp_path: Path) -> None:
    result = read_board(tmp_path, board(Group("Now", [SERVING]), description="All our models"))

    assert result.board.description == "All our models"
    assert result.items[0].group_id == "Now"


def test_an_item_may_be_called_otherwise(tmp_path: Path) -> None:
    """The first cell of the header is the board's word for an item."""
    result = read_board(tmp_path, board(Group("Now", [SERVING]), noun="Store"))

    assert [item.name for item in result.items] == ["Serve llama"]


def test_subitems_start_one_cell_further_right(tmp_path: Path) -> None:
    """They have columns of their own, and the next item is none of them."""
    child = Item("Quantise", "201", {"Owner": "Ada Lovelace"})
    parent = Item("Serve llama", "101", {"Status": "Done"}, [child, Item("Load test", "202")])
    result = read_board(
        tmp_path, board(Group("Now", [parent, TRAINING]), subitem_columns=("Owner", "Status"))
    )

    assert [(item.id, item.parent_id) for item in result.items] == [
        ("101", None),
        ("201", "101"),
        ("202", "101"),
        ("102", None),
    ]
    assert result.items[1].cells["owner"].value == [{"id": "Ada Lovelace", "kind": "person"}]
    assert [subitem_column.title for subitem_column in result.board.subitem_columns] == [
        "Owner",
        "Status",
    ]
    assert result.board.items == 2


def test_a_row_of_totals_is_no_item(tmp_path: Path) -> None:
    """Neither after an item nor right after subitems."""
    parent = Item("Serve llama", "101", {}, [Item("Quantise", "201")])
    totals = {"Due": "2026-06-15 to 2026-07-01", "Status": "1/2"}
    result = read_board(
        tmp_path, board(Group("Now", [parent], totals), Group("Later", [TRAINING], totals))
    )

    assert [item.id for item in result.items] == ["101", "201", "102"]


@pytest.mark.parametrize("ids", [True, False])
def test_an_item_with_only_a_name_is_no_group(tmp_path: Path, ids: bool) -> None:
    """A group's title stands before a header."""
    lonely = Item("Lonely", "103" if ids else "")
    result = read_board(tmp_path, board(Group("Now", [SERVING, lonely]), Group("B"), ids=ids))

    assert result.item("Lonely").group_id == "Now"
    assert [item.name for item in result.items] == ["Serve llama", "Lonely"]


def test_items_without_id_get_one_that_stays(tmp_path: Path) -> None:
    """Reading the same file again gives the same ids; equal rows have different ones."""
    without = board(Group("Now", [Item("Form answer"), Item("Form answer")]), ids=False)
    first, second = read_board(tmp_path, without), read_board(tmp_path, without)

    assert [item.id for item in first.items] == [item.id for item in second.items]
    assert len({item.id for item in first.items}) == 2


def test_items_without_id_are_known_by_name(tmp_path: Path) -> None:
    """In a later export they stand in other rows and have other values."""
    before = [Item("Serve", cells={"Note": "a"}), Item("Train", subitems=[Item("Serve")])]
    after = [Item("New"), Item("Serve", cells={"Note": "b"}), before[1]]
    first, later = (
        {item.id for item in read_board(tmp_path, board(Group("Now", items), ids=False)).items}
        for items in (before, after)
    )

    assert first < later
    assert (len(first), len(later)) == (3, 4)


def test_two_files_of_the_same_name_have_their_own_items(tmp_path: Path) -> None:
    """Exports of two boards with one title, without ids."""
    equal = board(Group("Now", [Item("Serve"), Item("Train")]), ids=False)
    files = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        files.append(equal.write(tmp_path / folder / "board.xlsx"))
    items = read("monday_export", *files).items

    assert len({item.id for item in items}) == len(items) == 4


def test_a_midnight_is_a_calendar_day(tmp_path: Path) -> None:
    result = read_board(tmp_path, board(Group("Now", [SERVING, TRAINING])))

    assert result.item("Serve llama").cells["due"].value == {"date": "2026-06-15", "time": None}
    assert result.item("Train, again").cells["due"].value == {
        "date": "2026-07-01",
        "time": "09:30:00",
    }


def test_two_columns_of_a_timeline_are_one(tmp_path: Path) -> None:
    cells = {"Plan - Start": date(2026, 3, 1), "Plan - End": date(2026, 3, 15)}
    columns = ("Plan - Start", "Plan - End", "Status")
    result = read_board(tmp_path, board(Group("Now", [Item("a", "1", cells)]), columns=columns))

    assert result.types() == {"Plan": "timeline", "Status": "text"}
    assert result.items[0].cells["plan"].value == {"from": "2026-03-01", "to": "2026-03-15"}


def test_an_end_without_a_start_is_a_date(tmp_path: Path) -> None:
    item = Item("a", "1", {"Plan - End": date(2026, 3, 15)})
    result = read_board(tmp_path, board(Group("Now", [item]), columns=("Plan - End",)))

    assert result.types() == {"Plan - End": "date"}


def test_a_timeline_that_has_only_one_end_is_that_day(tmp_path: Path) -> None:
    cells = {"Plan - Start": date(2026, 3, 1)}
    columns = ("Plan - Start", "Plan - End")
    result = read_board(tmp_path, board(Group("Now", [Item("a", "1", cells)]), columns=columns))

    assert result.items[0].cells["plan"].value == {"from": "2026-03-01", "to": "2026-03-01"}


@pytest.mark.parametrize(
    ("values", "type_", "first"),
    [
        (["2026-03-01 - 2026-03-15"], "timeline", {"from": "2026-03-01", "to": "2026-03-15"}),
        ([3.5, 4], "numbers", "3.5"),
        ([True, None], "checkbox", True),
        (["v", None], "checkbox", True),
        (["#gpu, #llm"], "tags", ["gpu", "llm"]),
        (["Card - https://x.test/a"], "link", {"url": "https://x.test/a", "text": "Card"}),
        (["Ada - ada@x.test"], "email", {"email": "ada@x.test", "text": "Ada"}),
        (["+44 20 7946 0958"], "phone", {"phone": "+442079460958", "country": ""}),
        (["A, B", "A", "B"], "dropdown", ["A", "B"]),
        (["In progress"], "status", "In progress"),
        (["one\ntwo"], "long_text", "one\ntwo"),
        (["007"], "text", "007"),
        (["'=1+1"], "text", "=1+1"),
        (["some words"], "text", "some words"),
    ],
)
def test_types_are_found_from_values(
    tmp_path: Path, values: list[object], type_: str, first: object
) -> None:
    items = [Item(f"item {at}", str(at), {"Column": value}) for at, value in enumerate(values)]  # type: ignore[dict-item]
    result = read_board(tmp_path, column(items))

    assert result.types() == {"Column": type_}
    assert result.items[0].cells["column"].value == first


def test_people_are_names_joined_by_commas(tmp_path: Path) -> None:
    """The title says that they are people; without such a title a known name does."""
    items = [Item("a", "1", {"Owner": "Ada Lovelace, Grace Hopper", "Second": "Ada Lovelace"})]
    result = read_board(tmp_path, board(Group("Now", items), columns=("Owner", "Second")))

    assert result.types()["Owner"] == "people"
    assert [entry["id"] for entry in result.items[0].cells["owner"].value] == [
        "Ada Lovelace",
        "Grace Hopper",
    ]
    assert set(result.people) == {"Ada Lovelace", "Grace Hopper"}


def test_who_wrote_an_update_is_known_by_name(tmp_path: Path) -> None:
    post = Update("1", "a", "Ada", "22/October/2025  12:42:01 PM", "Hello", "9")
    items = [Item("a", "1", {"Done by": "Ada"})]
    result = read_board(tmp_path, board(Group("N", items), columns=("Done by",), updates=[post]))

    assert result.types() == {"Done by": "people"}


def test_files_are_links_that_need_a_login(tmp_path: Path) -> None:
    url = "https://acme.monday.com/protected_static/1/resources/2/model.onnx"
    items = [Item("a", "1", {"Files": f"{url}, {url}"})]
    result = read_board(tmp_path, board(Group("Now", items), columns=("Files",)))

    assert result.types() == {"Files": "file"}
    assert (
        result.items[0].cells["files"].value == [{"url": url, "name": "model.onnx", "kind": ""}] * 2
    )
    assert any("login" in missing for missing in monday_export.SOURCE.missing)


def test_updates_have_their_replies_and_times(tmp_path: Path) -> None:
    """Oldest first, replies last; two spaces before the time, no zone."""
    posts = [
        Update("101", "Serve llama", "Ada", "23/October/2025  09:00:00 AM", "B <b>", "12"),
        Update("101", "Serve llama", "Bob", "22/October/2025  12:43:01 PM", "Yes", "11", "10"),
        Update("101", "Serve llama", "Ada", "22/October/2025  12:42:01 PM", "A\nB", "10", likes=2),
    ]
    result = read_board(tmp_path, board(Group("Now", [SERVING]), updates=posts))

    assert [(update.id, update.reply_to) for update in result.updates] == [
        ("10", None),
        ("12", None),
        ("11", "10"),
    ]
    assert result.updates[0].html == "A<br>B"
    assert result.updates[0].likes == 2
    assert result.updates[0].created_ms == 1_761_136_921_000
    assert result.updates[1].html == "B &lt;b&gt;"
    assert result.updates[2].author == "Bob"


def test_updates_of_one_second_are_in_the_order_of_their_ids(tmp_path: Path) -> None:
    """The sheet has the newest first."""
    at = "22/October/2025  12:42:01 PM"
    posts = [Update("101", "Serve llama", "Ada", at, str(id), str(id)) for id in (100, 99, 98)]

    result = read_board(tmp_path, board(Group("Now", [SERVING]), updates=posts))

    assert [update.id for update in result.updates] == ["98", "99", "100"]


def test_an_update_that_is_only_a_file_names_it(tmp_path: Path) -> None:
    posts = [Update("101", "x", "Ada", "bad date", "", "10", assets="7, 8")]
    result = read_board(tmp_path, board(Group("Now", [SERVING]), updates=posts))

    assert result.updates[0].html == "(files in Monday.com: 7, 8)"
    assert result.updates[0].created_ms is None


def test_a_reply_without_its_update_stands_alone(tmp_path: Path) -> None:
    posts = [Update("101", "x", "Ada", "", "Yes", "11", "10")]
    result = read_board(tmp_path, board(Group("Now", [SERVING]), updates=posts))

    assert result.updates[0].reply_to is None
    assert result.problems == ["update 11: no reply any more, 10 is not there"]


def test_updates_of_no_item_are_counted(tmp_path: Path) -> None:
    """The discussion of a board belongs to no item."""
    posts = [
        Update("9", "Models", "Ada", "", "Hi", "1"),
        Update("9", "Models", "Ada", "", "!", "2"),
    ]
    result = read_board(tmp_path, board(Group("Now", [SERVING]), discussion=posts))

    assert not result.updates
    assert "2 updates skipped" in result.problems[0]


def test_updates_find_items_without_id_by_a_name_that_is_unique(tmp_path: Path) -> None:
    posts = [
        Update("1", "Serve llama", "Ada", "", "a", "1"),
        Update("2", "Twice", "Ada", "", "b", "2"),
    ]
    items = [Item("Serve llama"), Item("Twice"), Item("Twice")]
    result = read_board(tmp_path, board(Group("Now", items), ids=False, updates=posts))

    assert [update.item_id for update in result.updates] == [result.items[0].id]
    assert "1 update skipped" in result.problems[0]


def test_delta_reads_only_newer_updates(tmp_path: Path) -> None:
    posts = [
        Update("101", "x", "Ada", "22/October/2025  12:42:01 PM", "old", "1"),
        Update("101", "x", "Ada", "24/October/2025  12:42:01 PM", "new", "2"),
    ]
    path = board(Group("Now", [SERVING]), updates=posts).write(tmp_path / "e.xlsx")
    source = opened("monday_export", path)
    (only,) = source.boards()

    assert [update.id for update in source.updates(only, 1_761_200_000_000)] == ["2"]


def test_columns_with_one_title_stay_apart(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Models"], ["Now"], ["Name", "Status", "Status"], ["a", "Done", "Stuck"]):
        book.worksheets[0].append(row)
    (tmp_path / "e.xlsx").write_bytes(saved(book))
    result = read("monday_export", tmp_path / "e.xlsx")

    assert {id: cell.value for id, cell in result.items[0].cells.items()} == {
        "status": "Done",
        "status_2": "Stuck",
    }


def test_an_item_without_a_name_is_reported(tmp_path: Path) -> None:
    result = read_board(tmp_path, board(Group("Now", [Item("", "7", {"Status": "x"}), SERVING])))

    assert [item.name for item in result.items] == ["Serve llama"]
    assert result.problems == ["Models, row 4: skipped, it has no name"]


def test_an_id_that_occurs_twice_is_reported(tmp_path: Path) -> None:
    result = read_board(tmp_path, board(Group("Now", [SERVING, SERVING])))

    assert len(result.items) == 1
    assert "the id 101 occurs twice" in result.problems[0]


def test_control_characters_are_left_out(tmp_path: Path) -> None:
    items = [Item("a_x0000_b_x0007_c", "1", {"Status": "ok"})]
    result = read_board(tmp_path, board(Group("Now", items)))

    assert result.items[0].name == "abc"


def test_a_columns_file_corrects_a_type(tmp_path: Path) -> None:
    explanation = tmp_path / "columns.toml"
    explanation.write_text('[columns.Status]\ntype = "text"\n[columns.Due]\nignore = true\n')
    path = board(Group("Now", [SERVING])).write(tmp_path / "e.xlsx")
    result = read("monday_export", path, mapping=explanation)

    assert result.types() == {"Status": "text"}


def test_one_board_of_many_files_can_be_chosen(tmp_path: Path) -> None:
    """Two boards of one name get different ids."""
    paths = [board(Group("A", [SERVING])).write(tmp_path / f"{n}.xlsx") for n in "ab"]

    assert [board.id for board in read("monday_export", *paths).boards] == ["Models", "Models (2)"]
    assert len(read("monday_export", *paths, boards=("Models (2)",)).boards) == 1


@pytest.mark.parametrize(
    ("selected", "message"),
    [
        ({"boards": ("Modles",)}, 'no board "Modles"'),
        ({"workspace": "Main"}, "no workspaces"),
    ],
)
def test_a_wrong_selection_is_refused(tmp_path: Path, selected: dict, message: str) -> None:
    path = board(Group("A", [SERVING])).write(tmp_path / "e.xlsx")
    with pytest.raises(InputError, match=message):
        read("monday_export", path, **selected)


def test_files_are_needed_and_of_a_known_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read("monday_export")
    with pytest.raises(InputError, match="cannot be read"):
        read("monday_export", tmp_path / "board.pdf")


def _xlsx_of(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        (b"", "no readable workbook"),
        (b"PK\x03\x04 and then nothing", "no readable workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected by a password"),
        (_xlsx_of(), "header of a board"),
        (_xlsx_of(["Title"], ["Group"]), "header of a board"),
    ],
    ids=["missing", "empty", "broken", "password", "no rows", "no header"],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "export.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContentError, match=message) as caught:
        read("monday_export", path)
    assert str(path) in str(caught.value)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clickup_mlops.monday.export.workbook.MAX_UNPACKED", 1000)
    with pytest.raises(ContentError, match="bytes unpacked"):
        read_board(tmp_path, board(Group("A", [SERVING])))


def _sheet(rows: str, dimension: str = "A1:B2") -> bytes:
    """A workbook with one sheet of this XML."""
    head = f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>'
    with zipfile.ZipFile(BytesIO(_xlsx_of(["Models"], ["Now"], ["Name"], ["a"]))) as old:
        parts = {file_name: old.read(file_name) for file_name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f"{head}{rows}</sheetData></worksheet>".encode()
    opened = BytesIO()
    with zipfile.ZipFile(opened, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return opened.getvalue()


def test_a_workbook_that_would_end_its_reader_is_refused(tmp_path: Path) -> None:
    """One cell at the end of the largest sheet: the reader asks for more memory than there is."""
    cells = '<c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c>'
    content = _sheet(f'<row r="1">{cells}</row>', "A1:XFD1048576")
    (tmp_path / "e.xlsx").write_bytes(content)

    with pytest.raises(ContentError, match="no readable workbook"):
        read("monday_export", tmp_path / "e.xlsx")


def test_a_workbook_whose_reader_hangs_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended, and leaves no process."""
    monkeypatch.setattr(reading, "MOST_SECONDS", 0.0)
    (tmp_path / "e.xlsx").write_bytes(_xlsx_of(["Models"]))
    with pytest.raises(ContentError, match=r"took more than 0 s"):
        read("monday_export", tmp_path / "e.xlsx")
    assert multiprocessing.active_children() == []


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "e.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ContentError, match="no readable workbook"):
        read("monday_export", tmp_path / "e.xlsx")


def test_a_board_that_only_has_names_is_read(tmp_path: Path) -> None:
    (tmp_path / "e.xlsx").write_bytes(_xlsx_of(["Models"], ["Now"], ["Name"], ["a"], ["b"]))

    assert [item.name for item in read("monday_export", tmp_path / "e.xlsx").items] == ["a", "b"]


_plain = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=30
).map(str.strip)
_names = _plain.filter(
    lambda one: one and one[0] not in "'=_" and one not in ("Name", "Subitems") and "_x" not in one
)
_cells = st.fixed_dictionaries(
    {
        "Status": st.sampled_from(["Done", "Stuck", None]),
        "Due": st.none() | st.dates(date(1990, 1, 1)),
    }
)


@st.composite
def _boards(draw: st.DrawFn) -> Board:
    ids = iter(range(1, 1000))

    def items(with_subitems: bool) -> list[Item]:
        return [
            Item(
                draw(_names),
                str(next(ids)),
                draw(_cells),
                items(False) if with_subitems and draw(st.booleans()) else (),
            )
            for _ in range(draw(st.integers(0, 3)))
        ]

    groups = [Group(draw(_names), items(True)) for _ in range(draw(st.integers(1, 3)))]
    return board(*groups, title=draw(_names), subitem_columns=("Status", "Due"))


@given(_boards())
def test_what_is_written_is_read_back(written: Board) -> None:
    """Names, parents, groups and values, for any names that Monday.com allows."""
    with tempfile.TemporaryDirectory() as folder:
        result = read_board(Path(folder), written)

    expected = [
        (item.name, item.id, parent.id if parent is not item else None, _shown(item))
        for group in written.groups
        for parent in group.items
        for item in (parent, *parent.subitems)
    ]
    assert [
        (item.name, item.id, item.parent_id, _values(item)) for item in result.items
    ] == expected
    assert not result.problems


def _shown(item: Item) -> dict[str, object]:
    due = item.cells["Due"]
    output = {"status": item.cells["Status"], "due": due and due.isoformat()}  # type: ignore[union-attr]
    return {key: value for key, value in output.items() if value is not None}


def _values(item: object) -> dict[str, object]:
    cells = item.cells  # type: ignore[attr-defined]
    return {
        id: cell.value["date"] if isinstance(cell.value, dict) else cell.value
        for id, cell in cells.items()
    }
