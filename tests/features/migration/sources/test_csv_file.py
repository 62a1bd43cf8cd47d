"""Any CSV file, and the file that explains its columns."""

import csv
import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Cell
from clickup_mlops.features.migration.sources._files.explanation import (
    ColumnExplanation,
    Explanation,
)
from clickup_mlops.features.migration.sources._files.text import CsvFile
from tests.features.migration.sources.reading import SAMPLES, Everything, read

FOLDER = SAMPLES / "csv_file"


@pytest.fixture
def export() -> Everything:
    return read("csv_file", FOLDER / "backlog.csv", mapping=FOLDER / "columns.toml")


def write(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_columns_file_says_what_columns_are(export: Everything) -> None:
    item = export.item("Load test")

    assert (item.id, item.parent_id, item.group_id, item.creator) == (
        "K-2",
        "K-1",
        "Serving",
        "Ada",
    )
    assert (item.description, item.url) == ("**bold**", "https://x.test/2")
    assert item.created_ms == 1_793_491_200_000
    assert {id: cell.value for id, cell in item.cells.items()} == {
        "owner": [{"id": "Ada", "kind": "person"}, {"id": "Grace", "kind": "person"}],
        "due": {"date": "2026-12-31", "time": None},
        "cost": "1250.5",
        "tags": ["gpu", "llm"],
    }


def test_a_bad_row_or_value_does_not_stop_the_rest(export: Everything) -> None:
    assert [item.id for item in export.items] == ["K-1", "K-4", "K-5", "K-2"]
    assert export.problems == [
        'backlog.csv, line 3: time left out, "not yet" is no date',
        "backlog.csv, line 4: skipped, it has 15 cells, the first row 13",
        "K-4: becomes an item, its parent K-9 is not on the board",
        'Models, line 5, column "Due": the value cannot be read: '
        '"32.13.2026" is no date in the form %d.%m.%Y',
    ]


def test_without_a_columns_file_the_names_are_found(tmp_path: Path) -> None:
    """By the usual titles, else the first column has them."""
    by_title = write(tmp_path, "Owner,Task\nAda,Serve\n")
    by_place = write(tmp_path, "Was,Wer\nServe,Ada\n", "other.csv")

    assert [item.name for item in read("csv_file", by_title).items] == ["Serve"]
    assert [item.name for item in read("csv_file", by_place).items] == ["Serve"]
    assert read("csv_file", by_title).board.name == "data"


def test_addresses_under_the_title_of_people_are_people(tmp_path: Path) -> None:
    result = read("csv_file", write(tmp_path, "Name,Owner,Contact\na,a@x.test,b@x.test\n"))

    assert result.types() == {"Owner": "people", "Contact": "email"}
    assert result.people["a@x.test"].email == "a@x.test"


def test_more_than_20_values_are_no_options(tmp_path: Path) -> None:
    """Nor are values that rarely repeat."""
    rows = [
        f"item {at},model {at % 21},{at % 2 * 'only here ' + str(at // 3)}x" for at in range(63)
    ]
    result = read("csv_file", write(tmp_path, "\n".join(["Name,Model,Note", *rows])))

    assert result.types() == {"Model": "text", "Note": "text"}


def test_rows_without_id_get_one_that_stays(tmp_path: Path) -> None:
    path = write(tmp_path, "Name,Note\nSame,1\nSame,1\n")

    ids = [item.id for item in read("csv_file", path).items]
    assert len(set(ids)) == 2
    assert ids == [item.id for item in read("csv_file", path).items]


def test_parents_may_be_given_by_name(tmp_path: Path) -> None:
    """And a circle of parents is cut once."""
    explanation = write(tmp_path, 'parent = "Above"\n', "columns.toml")
    path = write(tmp_path, "Name,Above\na,b\nb,a\nc,b\nd,d\n")
    result = read("csv_file", path, mapping=explanation)

    assert result.item("a").parent_id is None
    assert result.item("b").parent_id == result.item("a").id
    assert result.item("c").parent_id == result.item("b").id
    assert result.item("d").parent_id is None
    assert [item.name for item in result.items] == ["a", "d", "b", "c"]
    assert len(result.problems) == 2


def test_a_value_that_cannot_be_read_keeps_its_text(export: Everything) -> None:
    """The run writes it into the description."""
    assert export.item("Bad date").cells["due"] == Cell(None, "32.13.2026")


def test_two_files_may_have_the_same_ids(tmp_path: Path) -> None:
    """And the same name, and the same rows: each item is one of its own."""
    explanation = write(tmp_path, 'id = "No"\nparent = "Above"\n', "columns.toml")
    files = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        text = "No,Name,Above\n1,Serve,\n2,Load test,1\n,Same,\n"
        files.append(write(tmp_path / folder, text))
    items = read("csv_file", *files, mapping=explanation).items

    assert len({item.id for item in items}) == len(items) == 6
    parents = {item.id: item for item in items}
    below = [item for item in items if item.name == "Load test"]
    assert [parents[str(item.parent_id)].board_id for item in below] == ["data", "data (2)"]


def test_rows_without_id_are_known_by_name(tmp_path: Path) -> None:
    """A later export has more rows and other values; the file may have another name."""
    first = read("csv_file", write(tmp_path, "Name,Note\nServe,1\nSame,1\nSame,2\n"))
    later = write(tmp_path, "Name,Note\nNew,\nSame,1\nServe,9\nSame,2\n", "later.csv")
    result = read("csv_file", later)

    ids = {item.id for item in result.items}
    assert {item.id for item in first.items} < ids
    assert len(ids) == 4


def test_a_file_that_ends_within_a_cell_is_reported(tmp_path: Path) -> None:
    """A download that was cut off, or a quotation mark that is never closed."""
    result = read("csv_file", write(tmp_path, 'Name,Note\nServe,1\n"Train,2\nTune,3\n'))

    assert [item.name for item in result.items] == ["Serve"]
    assert result.problems == [
        "data.csv: the last row is skipped, its quotation mark is never closed: is the file whole?"
        ' It starts with "Train,2 Tune,3"'
    ]


def test_problems_that_are_alike_are_counted(tmp_path: Path) -> None:
    """All rows of a file may be wrong."""
    result = read("csv_file", write(tmp_path, "Name,Note\na,b\n" + "a,b,c\n" * 70))

    assert result.problems[49] == "data.csv, line 52: skipped, it has 3 cells, the first row 2"
    assert result.problems[50:] == ["data.csv: skipped, too many cells: 20 more"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Name,Note\n", "has no row below the columns' titles$"),
        (b'Name,Note\n"a,b\n', "titles: data.csv: the last row is skipped"),
        (b"PK\x03\x04\x14\x00\xff\xfe", "is a workbook or an archive, no text"),
    ],
)
def test_a_file_without_rows_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ContentError, match=message):
        read("csv_file", write(tmp_path, content))


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ","), ("utf-16", "\t"), ("utf-8", ";"), ("utf-8", "|")],
)
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"Name{delimiter}Übung\n模型{delimiter}ja, 1\n"
    if delimiter == ",":
        text = 'Name,Übung\n模型,"ja, 1"\n'
    result = read("csv_file", write(tmp_path, text.encode(encoding)))

    assert result.items[0].name == "模型"
    assert result.items[0].cells["übung"].value == "ja, 1"


def test_another_encoding_must_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, "Name\nÜbung\n".encode("cp1252"))
    with pytest.raises(ContentError, match="no utf-8 text") as caught:
        read("csv_file", path)
    explanation = write(tmp_path, 'encoding = "cp1252"\n', "columns.toml")

    assert "encoding" in caught.value.hint
    assert read("csv_file", path, mapping=explanation).items[0].name == "Übung"


def test_a_character_that_is_wrong_further_down_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, b"Name\n" + b"row\n" * 50_000 + b"\xff\n")
    with pytest.raises(ContentError, match="no utf-8 text"):
        read("csv_file", path)


def test_control_characters_are_left_out(tmp_path: Path) -> None:
    assert read("csv_file", write(tmp_path, b"Name\na\x00b\x07c\n")).items[0].name == "abc"


def test_a_cell_that_is_too_long_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clickup_mlops.features.migration.sources._files.text._CELL", 100)
    result = read("csv_file", write(tmp_path, f"Name\n{'x' * 200}\nok\n"))

    assert [item.name for item in result.items] == ["ok"]
    assert "line 2: skipped, it cannot be read" in result.problems[0]


@pytest.mark.parametrize(
    ("explanation", "message"),
    [
        ('titel = "Name"', "titel"),
        ("id = 5", "id: Input should be text"),
        ('id = "Nmae"', 'id: no column "Nmae"'),
        ('[columns.Nothing]\ntype = "date"', 'columns.Nothing: no column "Nothing"'),
        ('[columns.Name]\ntype = "dat"', "columns.Name.type: no such type"),
        ('encoding = "utf-99"', "encoding: unknown encoding"),
        ("no toml", "not valid TOML"),
    ],
)
def test_a_wrong_columns_file_is_explained(tmp_path: Path, explanation: str, message: str) -> None:
    path = write(tmp_path, "Name\na\n")
    with pytest.raises(ContentError, match=message):
        read("csv_file", path, mapping=write(tmp_path, explanation, "columns.toml"))


def test_the_example_of_the_how_to_is_a_columns_file() -> None:
    """With every key that it may have."""
    page = Path(__file__).parents[4] / "docs" / "how-to" / "migrate-from-other-tools.md"
    text = page.read_text(encoding="utf-8").split("```toml\n")[1]
    example = Explanation.model_validate(tomllib.loads(text.split("```")[0]))

    assert example.model_fields_set == set(Explanation.model_fields)
    used = set().union(*(column.model_fields_set for column in example.columns.values()))
    assert used == set(ColumnExplanation.model_fields)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    explanation = write(tmp_path, 'encoding = "utf-8"\n', "columns.toml")
    for chosen in (None, explanation):
        with pytest.raises(ContentError, match=r"gone\.csv: No such file"):
            read("csv_file", tmp_path / "gone.csv", mapping=chosen)


_text = st.text(st.characters(exclude_categories=["C"]), max_size=20)


@given(st.lists(st.lists(_text, min_size=2, max_size=2), min_size=1))
def test_any_text_is_read_back(rows: list[list[str]]) -> None:
    """Quotes, delimiters and line separators of any script."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["Name", "Note"], ["First", ""], *rows])
        result = read("csv_file", path)
        assert CsvFile(path).titles == ["Name", "Note"]

    expected = ["First", *(name.strip() for name, _ in rows if name.strip())]
    assert [item.name for item in result.items] == expected


def test_a_column_without_title_is_kept_if_it_has_values(tmp_path: Path) -> None:
    """Its place is its title; empty ones, as spreadsheets add them, are no columns."""
    result = read("csv_file", write(tmp_path, ",Name,,\n7,a,x,\n8,b,,\n"))

    assert [column.title for column in result.boards[0].columns] == ["Column 1", "Column 3"]
    assert [[cell.text for cell in item.cells.values()] for item in result.items] == [
        ["7", "x"],
        ["8"],
    ]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_first_line_that_names_the_delimiter_is_no_row(tmp_path: Path, mark: str) -> None:
    """Written for Excel: `sep=;`. Lines are counted as in the file."""
    text = f"sep={mark}\r\nName{mark}A, b, c\r\nx{mark}1\r\n{mark}2\r\n"

    result = read("csv_file", write(tmp_path, text))

    assert [column.title for column in result.boards[0].columns] == ["A, b, c"]
    assert [item.name for item in result.items] == ["x"]
    assert any("line 4" in problem for problem in result.problems)


def test_a_name_with_an_address_is_one_person(tmp_path: Path) -> None:
    """However often, and beside the address or the name alone."""
    path = tmp_path / "rows.csv"
    path.write_text(
        "Name,Owner,Contact\n"
        'a,Ada Lovelace <ada@x.test>,"Ada Lovelace <ada@x.test>, Bo <bo@x.test>"\n'
        "b,ada@x.test,Bo <bo@x.test>\n"
    )
    export = read("csv_file", path)

    assert export.types() == {"Owner": "people", "Contact": "people"}
    assert {(person.name, person.email) for person in export.people.values()} == {
        ("Ada Lovelace", "ada@x.test"),
        ("Bo", "bo@x.test"),
    }
    assert export.item("a").cells["owner"].value == export.item("b").cells["owner"].value


def test_dates_and_tags_of_notion_are_typed(tmp_path: Path) -> None:
    """A range of days is a timeline; one of times stays text, so that no time is lost."""
    path = tmp_path / "rows.csv"
    path.write_text(
        "Name,Due,Span,Slot,Tags\n"
        'a,"June 15, 2026","June 1, 2026 → June 15, 2026","June 1, 2026 9:00 AM → June 1, 2026 5:00'
        ' PM","gpu, llm"\n'
        'b,"June 16, 2026 9:30 AM",,,once\n'
    )
    export = read("csv_file", path)

    assert export.types() == {"Due": "date", "Span": "timeline", "Slot": "text", "Tags": "tags"}
    cells = export.item("a").cells
    assert cells["due"].value == {"date": "2026-06-15", "time": None}
    assert cells["span"].value == {"from": "2026-06-01", "to": "2026-06-15"}
    assert cells["tags"].value == ["gpu", "llm"]
    assert export.item("b").cells["due"].value == {"date": "2026-06-16", "time": "09:30:00"}


def test_a_day_among_ranges_and_a_zone_in_brackets_are_kept(tmp_path: Path) -> None:
    """As Notion writes them: one property has both, and a time of day has its zone behind it."""
    path = tmp_path / "runs.csv"
    path.write_text(
        "Name,Span,At\n"
        'a,"June 1, 2026 → June 15, 2026","June 1, 2026 9:00 AM (GMT+2)"\n'
        'b,"June 3, 2026","June 1, 2026 1:00 PM (GMT-3:30)"\n',
        encoding="utf-8",
    )
    export = read("csv_file", path)

    assert export.types() == {"Span": "timeline", "At": "date"}
    cells = export.item("b").cells
    assert cells["span"].value == {"from": "2026-06-03", "to": "2026-06-03"}
    assert cells["at"].value == {"date": "2026-06-01", "time": "16:30:00"}
    assert export.item("a").cells["at"].value == {"date": "2026-06-01", "time": "07:00:00"}
