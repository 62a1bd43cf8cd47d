"""The export of a Monday.com account: boards, their subitems apart, updates, people and files."""

import zipfile
from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError, NotFound
from clickup_mlops.features.migration.records import Asset
from tests.features.migration.sources.export_files import (
    Board,
    Group,
    Item,
    Update,
    account,
    team_xlsx,
    updates_xlsx,
)
from tests.features.migration.sources.reading import drained, opened, read

AT = "22/October/2025  12:42:01 PM"
LOG = {"Creator": "Ada", "Created at": "2025-10-22 12:42:01", "Updated at": "2025-10-23"}
MODELS = Board(
    "Models",
    [
        Group(
            "Now",
            [
                Item(
                    "Serve", "101", {"Files": "7, 8", **LOG}, subitem_names="Tune, then test,Ship"
                ),
                Item("Train", "102", {"Files": "8", "Owner": "Ada"}, subitem_names="Ship"),
            ],
        )
    ],
    ("Files", "Owner", *LOG),
)
SUBITEMS = Board(
    "Subitems of Models",
    [
        Group(
            "Subitems",
            [
                Item("Ship", "202", {"Status": "Done"}),
                Item("Tune, then test", "201", {"Status": "Done"}),
                Item("Ship", "203", {"Status": "Stuck"}),
            ],
        )
    ],
    ("Status",),
)
FILES = {
    "boards/1_Models.xlsx": MODELS.xlsx(),
    "boards/2_Subitems of Models.xlsx": SUBITEMS.xlsx(),
    "updates/updates.xlsx": updates_xlsx(
        "Models", [Update("101", "Serve", "Ada", AT, "See file", "1", assets="7")]
    ),
    "team/team.xlsx": team_xlsx([("Ada", "ada@x.test", "Activated"), ("Bob", "", "Deactivated")]),
    "assets/7_model card.md": b"# Card",
    "assets/8_notes.txt": b"notes",
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return account(tmp_path / "account.zip", FILES)


def test_an_account_has_boards_by_their_ids(export: Path) -> None:
    """The board of subitems is none of them."""
    assert [(board.id, board.name) for board in read("monday_export", export).boards] == [
        ("1", "Models")
    ]


def test_subitems_are_found_by_their_names(export: Path) -> None:
    """A comma in a name does not part it; equal names are given in their order."""
    result = read("monday_export", export)

    assert [(item.id, item.parent_id, item.group_id) for item in result.items] == [
        ("101", None, "Now"),
        ("201", "101", "Now"),
        ("202", "101", "Now"),
        ("102", None, "Now"),
        ("203", "102", "Now"),
    ]
    assert result.items[1].cells["status"].value == "Done"
    assert not result.problems


def test_subitems_that_no_item_names_become_items(tmp_path: Path) -> None:
    """Their values are kept in the description."""
    board = Board(
        "Subitems of Models", [Group("S", [Item("Lost", "9", {"Status": "Done"})])], ("Status",)
    )
    path = account(tmp_path / "a.zip", FILES | {"boards/2_Subitems of Models.xlsx": board.xlsx()})
    result = read("monday_export", path)

    assert result.item("Lost").parent_id is None
    assert result.item("Lost").description == "Status: Done"
    assert any("no item has this subitem" in problem for problem in result.problems)


def test_subitems_of_a_board_that_is_not_there_are_reported(tmp_path: Path) -> None:
    path = account(tmp_path / "a.zip", FILES | {"boards/3_Subitems of X.xlsx": SUBITEMS.xlsx()})

    assert any("Subitems of X" in problem for problem in read("monday_export", path).problems)


def test_who_made_an_item_and_when_is_no_column(export: Path) -> None:
    item = read("monday_export", export).item("Serve")

    assert item.creator == "Ada"
    assert (item.created_ms, item.updated_ms) == (1_761_136_921_000, 1_761_177_600_000)
    assert set(item.cells) == {"files"}


def test_people_have_the_addresses_of_the_team(export: Path) -> None:
    result = read("monday_export", export)

    assert result.people["Ada"].email == "ada@x.test"
    assert not result.people["Bob"].active
    assert result.types()["Owner"] == "people"


def test_files_are_read_from_the_archive(export: Path) -> None:
    """Of items and updates; each once for each item."""
    source = opened("monday_export", export)
    result = drained(source)

    assert result.items[0].cells["files"].value == [{"asset": "7"}, {"asset": "8"}]
    assert [(asset.id, asset.item_id, asset.name, asset.size) for asset in result.assets] == [
        ("7", "101", "model card.md", 6),
        ("8", "101", "notes.txt", 5),
        ("8", "102", "notes.txt", 5),
    ]
    assert source.open(result.assets[0]).read() == b"# Card"
    assert result.updates[0].assets == ("7",)
    with pytest.raises(NotFound, match=r"gone\.txt"):
        source.open(Asset("99", "gone.txt", "101"))
    source.close()


def test_a_file_in_a_folder_of_the_account_is_found(tmp_path: Path) -> None:
    path = account(tmp_path / "a.zip", {f"acme/{name}": file for name, file in FILES.items()})

    assert len(read("monday_export", path).items) == 5


def test_no_name_in_the_archive_is_used_as_a_path(tmp_path: Path) -> None:
    """The name of a file is its last part."""
    files = FILES | {"../../assets/7_..\\..\\evil.sh": b"rm", "assets/7_model card.md": b"# Card"}
    result = read("monday_export", account(tmp_path / "a.zip", files))

    assert all("/" not in asset.name and "\\" not in asset.name for asset in result.assets)


def test_a_broken_board_does_not_stop_the_others(tmp_path: Path) -> None:
    files = FILES | {
        "boards/5_Broken.xlsx": b"junk",
        "boards/6_Empty.xlsx": team_xlsx([])[:0] or updates_xlsx("x", [])[:100],
        "updates/broken.xlsx": b"junk",
    }
    result = read("monday_export", account(tmp_path / "a.zip", files))

    assert len(result.items) == 5
    assert [problem.split(":")[0] for problem in result.problems] == [
        "board skipped",
        "board skipped",
        "updates skipped",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        (b"junk", "no readable zip archive"),
        (b"", "no readable zip archive"),
    ],
)
def test_an_archive_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "account.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContentError, match=message) as caught:
        read("monday_export", path)
    assert str(path) in str(caught.value)


def test_an_archive_without_boards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no readable board"):
        read("monday_export", account(tmp_path / "a.zip", {"readme.txt": b"hello"}))


def test_an_encrypted_archive_is_refused(export: Path) -> None:
    content = bytearray(export.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    export.write_bytes(content)

    with pytest.raises(ContentError, match="is encrypted"):
        read("monday_export", export)


def test_a_damaged_file_is_found_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"# Card", b"# Cart"))
    source = opened("monday_export", path)

    with pytest.raises(ContentError, match="is broken"):
        source.open(drained(source).assets[0])


def test_a_board_of_the_archive_may_not_be_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = account(tmp_path / "a.zip", FILES)
    monkeypatch.setattr("clickup_mlops.monday.export.archive.MAX_UNPACKED", 10)
    with pytest.raises(ContentError, match="no readable board"):
        read("monday_export", path)


def test_a_file_of_the_archive_may_not_be_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not unpacked first."""
    source = opened("monday_export", account(tmp_path / "a.zip", FILES))
    asset = drained(source).assets[0]
    monkeypatch.setattr("clickup_mlops.monday.export.archive.MAX_UNPACKED", 1)

    with pytest.raises(ContentError, match="bytes"):
        source.open(asset)


def test_two_boards_of_one_name_have_their_own_subitems(tmp_path: Path) -> None:
    board = Board("Models", [Group("B", [Item("X", "301", {}, subitem_names="Y")])])
    children = Board("Subitems of Models", [Group("S", [Item("Y", "401")])])
    files = FILES | {
        "boards/8_Models.xlsx": board.xlsx(),
        "boards/9_Subitems of Models.xlsx": children.xlsx(),
    }
    result = read("monday_export", account(tmp_path / "a.zip", files))

    assert {item.id: item.parent_id for item in result.items}["401"] == "301"
    assert len(result.items) == 7


def test_an_archive_without_a_readable_board_says_why(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"no readable board: board skipped: .*is no readable"):
        read("monday_export", account(tmp_path / "a.zip", {"boards/5_Broken.xlsx": b"junk"}))
