"""Notion: JSON of the API, and the archive of an export."""

import tempfile
import tracemalloc
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources import _notion_zip
from tests.features.migration.sources.reading import SAMPLES, Everything, read

JSON = SAMPLES / "notion" / "query.json"
ID = "0123456789abcdef0123456789abcde"
ROWS = (
    "\ufeffName,Status,Tags,Due,Assign\n"
    'Serve,Done,"gpu, llm","June 15, 2026",Ada Lovelace\n'
    "Test,In progress,gpu,,\n"
    "Twice,In progress,,,\n"
    "Twice,Done,,,\n"
)
PAGE = "# Serve\n\nStatus: Done\nTags: gpu, llm\nDue: June 15, 2026\n\n## Goal\n\n- fast\n"
FILES = {
    f"Export/Rollouts {ID}0.csv": ROWS.rpartition("Twice")[0],
    f"Export/Rollouts {ID}0_all.csv": ROWS,
    f"Export/Rollouts/Serve {ID}1.md": PAGE,
    f"Export/Rollouts/Twice {ID}2.md": "# Twice\n\none",
    f"Export/Rollouts/Twice {ID}3.md": "# Twice\n\ntwo",
    f"Export/Notes {ID}4.md": "# Notes\n\nno page of a database",
    "Export/Rollouts/log.txt": "a file",
}


def values(export: Everything, name: str) -> dict[str, object]:
    """The values of an item by column title."""
    titles = {column.id: column.title for column in export.board.columns}
    return {titles[id]: cell.value for id, cell in export.item(name).cells.items()}


def archive(path: Path, files: dict[str, str]) -> Path:
    """A zip archive of texts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return path


def test_pages_of_the_api_have_all_their_properties() -> None:
    """By their types; parents, dependencies, blocks and comments too."""
    export = read("notion", JSON)
    item = export.item("Serve llama")

    assert (export.board.name, item.created_ms, item.creator) == (
        "Rollouts",
        1_780_304_400_000,
        "aaaaaaaa000040008000000000000001",
    )
    assert item.description == "## Goal\n\n- [x] measured"
    assert export.people[item.creator].email == "ada@x.test"
    assert values(export, "Serve llama") == {
        "Status": "Done",
        "Tags": ["gpu", "llm"],
        "Due": {"date": "2026-06-15", "time": None},
        "Due (end)": {"date": "2026-06-20", "time": None},
        "Owner": [{"id": item.creator, "kind": "person"}],
        "Hours": "12.5",
        "Live": True,
        "Card": {"url": "https://x.test/card", "text": "https://x.test/card"},
        "Notes": "Fast",
        "Files": [{"url": "https://x.test/log.txt", "name": "log.txt", "kind": ""}],
        "Cost": "25",
        "Stages": "Live, x",
        "Key": "ML-7",
    }
    assert export.item("Load test").parent_id == item.id
    assert values(export, "Load test") == {
        "Due": {"date": "2026-06-15", "time": "07:00:00"},
        "Blocked by": [{"item": item.id, "type": "FS", "lag_days": 0}],
    }
    assert [(comment.html, comment.author) for comment in export.updates] == [
        ("Good &amp; fast", item.creator)
    ]
    assert sorted(export.problems) == [
        'page "Serve llama": a block is left out: table',
        "page 3: skipped, it is in no database",
    ]
    (loss,) = export.item("Serve llama").losses
    assert (loss.title, loss.example) == ("Checked", '{"state":"verified"}')


def test_answers_that_are_not_the_last_are_reported(tmp_path: Path) -> None:
    """A query gives a hundred pages at once."""
    path = tmp_path / "query.json"
    path.write_text(JSON.read_text().replace('"has_more": false', '"has_more": true'))

    assert read("notion", path).problems[0].startswith("more results follow")


def test_an_export_has_rows_with_their_pages(tmp_path: Path) -> None:
    """The whole database, not a view of it; large ones are archives in an archive."""
    inner = archive(tmp_path / "part.zip", FILES).read_bytes()
    outer = tmp_path / "export.zip"
    with zipfile.ZipFile(outer, "w") as file:
        file.writestr("ExportBlock-Part-1.zip", inner)
    for path in (tmp_path / "part.zip", outer):
        export = read("notion", path)

        item = export.item("Serve")
        assert (export.board.name, len(export.items)) == ("Rollouts", 4)
        assert (item.id, item.description) == (f"{ID}1", "## Goal\n\n- fast")
        assert values(export, "Serve") == {
            "Status": "Done",
            "Tags": ["gpu", "llm"],
            "Due": {"date": "2026-06-15", "time": None},
            "Assign": [{"id": "Ada Lovelace", "kind": "person"}],
        }
        assert export.problems == [
            '"Twice": several pages have one title: their texts are left out'
        ]


def test_a_csv_file_alone_is_read(tmp_path: Path) -> None:
    """Its first column has the titles, whatever it is called."""
    path = tmp_path / "Rollouts.csv"
    path.write_text("Experiment,Name\nRun 7,other\n")

    assert read("notion", path).items[0].name == "Run 7"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.zip", b"no archive", "no readable zip"),
        ("a.json", b"[]", "no page of a database"),
        ("a.json", b"{", "is no JSON"),
        ("a.csv", b"", "is empty"),
    ],
)
def test_a_file_that_is_no_export_is_named(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ContentError, match=message) as caught:
        read("notion", tmp_path / name)
    assert name in str(caught.value)


def test_an_archive_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the size of what comes out, whatever the archive says; also inside of another one."""
    monkeypatch.setattr(_notion_zip, "MAX_FILE", 1_000)
    bomb = archive(tmp_path / "bomb.zip", {f"A {ID}0.csv": "a" * 10_000})
    many = archive(tmp_path / "many.zip", {f"A {ID}{n}.md": "# a" for n in range(5)})
    monkeypatch.setattr(_notion_zip, "MAX_FILES", 4)

    with pytest.raises(ContentError, match="unpacked"):
        read("notion", bomb)
    with pytest.raises(ContentError, match="more than 4 files"):
        read("notion", many)
    with pytest.raises(ContentError, match=r"no database"):
        read("notion", archive(tmp_path / "none.zip", {"../../x.md": "# x"}))


def test_an_archive_is_unpacked_piece_by_piece(tmp_path: Path) -> None:
    """Memory holds no archive in it, no database and not the text of all pages."""
    page = "# Page\n\n" + "text " * 400_000
    pages = {f"Rollouts/P{n} {ID}{n}.md": page.replace("Page", f"P{n}") for n in range(10)}
    inner = tmp_path / "part.zip"
    with zipfile.ZipFile(inner, "w") as file:  # stored, so that the archive is as large
        for name, text in {f"Rollouts {ID}0.csv": "Name\n" + "row\n" * 5_000_000, **pages}.items():
            file.writestr(name, text)
    outer = tmp_path / "export.zip"
    with zipfile.ZipFile(outer, "w") as file:
        file.write(inner, "Part-1.zip")

    tracemalloc.start()
    export, folder = _notion_zip.opened(outer)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with folder:
        assert [*export.csv] == [f"Rollouts {ID}0"] and len(export.pages) == 10
    assert peak < 12 * 1024**2 < outer.stat().st_size / 3


@given(data=st.data())
def test_any_damage_to_an_archive_is_met(data: st.DataObject) -> None:
    """There is no other error than ContentError."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in FILES.items():
            file.writestr(name, text)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    with tempfile.TemporaryDirectory() as folder, suppress(ContentError):
        path = Path(folder) / "a.zip"
        path.write_bytes(content[:cut] if data.draw(st.booleans()) else content)
        read("notion", path)
