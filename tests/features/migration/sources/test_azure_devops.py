"""Azure DevOps: CSV of a query with a tree, and JSON with links and comments."""

from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError
from tests.features.migration.sources.reading import SAMPLES, Everything, read

FOLDER = SAMPLES / "azure_devops"
CSV, ITEMS, COMMENTS = FOLDER / "query.csv", FOLDER / "items.json", FOLDER / "comments.json"


def values(export: Everything, name: str) -> dict[str, object]:
    """The values of an item by column title."""
    titles = {column.id: column.title for column in export.board.columns}
    return {titles[id]: cell.value for id, cell in export.item(name).cells.items()}


def test_a_tree_of_csv_has_its_parents_and_people() -> None:
    """Each level has a column of titles; people are a name with an address."""
    export = read("azure_devops", CSV)

    assert [(item.id, item.name, item.parent_id) for item in export.items] == [
        ("1", "Launch", None),
        ("2", "Load test", "1"),
        ("3", "Roll back", None),
    ]
    assert export.people["ada@x.test"].name == "Ada Lovelace"
    assert export.options("State") == {"Active": False, "Closed": True, "Removed": True}
    assert values(export, "Launch") == {
        "Work Item Type": ["Epic"],
        "Assigned To": [{"id": "ada@x.test", "kind": "person"}],
        "State": "Active",
        "Tags": ["gpu", "llm"],
        "Priority": "1",
        "Iteration Path": ["ML\\Sprint 1"],
    }
    assert sorted(export.problems, reverse=True) == [
        "query.csv, line 5: skipped, it has no ID or no title",
        '#2: "Created Date" is left out: give its `date_format` in a columns file: '
        '"6/2/2026 9:00:00 AM" is no date',
    ]


def test_a_columns_file_says_how_times_are_written(tmp_path: Path) -> None:
    """They are in the language of whoever exported."""
    columns = tmp_path / "columns.toml"
    columns.write_text('[columns."Created Date"]\ndate_format = "%m/%d/%Y %I:%M:%S %p"\n')

    assert read("azure_devops", CSV, mapping=columns).item("Load test").created_ms == (
        1_780_390_800_000
    )


def test_json_has_fields_links_and_comments() -> None:
    """A successor waits, though only the predecessor says it."""
    export = read("azure_devops", ITEMS, COMMENTS)
    item = export.item("Serve the model")

    assert (item.description, item.created_ms) == ("**Fast** & cheap", 1_780_304_400_120)
    assert item.url == "https://dev.azure.com/acme/ML/_workitems/edit/1"
    assert (export.board.name, item.creator) == ("ML", "bo@x.test")
    assert export.item("Load test").parent_id == "1"
    assert values(export, "Load test")["Predecessors"] == [
        {"item": "1", "type": "FS", "lag_days": 0}
    ]
    assert values(export, "Serve the model") == {
        "Area Path": ["ML\\Serving"],
        "Iteration Path": ["ML\\Sprint 1"],
        "Work Item Type": ["User Story"],
        "State": "Active",
        "Reason": ["Implementation started"],
        "Assigned To": [{"id": "ada@x.test", "kind": "person"}],
        "Tags": ["gpu", "llm"],
        "Priority": "1",
        "Story Points": "5",
        "Due Date": {"date": "2026-06-15", "time": "00:00:00"},
        "Acceptance Criteria": "- P99 \\< 1 s",
        "GPU Hours": "12.5",
        "Related": [{"item": "9", "board": "", "name": "9"}],
        "Attachments": [
            {
                "url": "https://dev.azure.com/acme/_apis/wit/attachments/a1",
                "name": "log.txt",
                "kind": "",
            }
        ],
        "Links": "Model card: https://x.test/card\nFixed in Commit: vstfs:///Git/Commit/1",
    }
    assert [(comment.author, comment.html) for comment in export.updates] == [
        ("cy@x.test", "<div>Ready &amp; steady</div>"),
        ("ada@x.test", "<p><strong>Go</strong></p>"),
    ]
    assert export.updates[0].edited_ms is not None and export.updates[1].edited_ms is None
    assert export.problems == [
        "#1: 1 comment is not in the file",
        "items.json, work item 3: skipped, no id or no fields",
    ]


def test_what_az_boards_prints_is_read(tmp_path: Path) -> None:
    """A list of work items without links."""
    path = tmp_path / "items.json"
    path.write_text('[{"id": 7, "fields": {"System.Title": "a", "System.State": "New"}}]')

    assert [(item.id, item.name) for item in read("azure_devops", path).items] == [("7", "a")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "Name,Other\nx,y\n", 'no columns "ID" and "Title"'),
        ("a.csv", "ID,Title\n", "has no work item"),
        ("a.json", "[]", "has no work items"),
        ("a.json", '{"value": [{"fields": 1}]}', "has no work item"),
        ("a.json", "{", "is no JSON"),
    ],
)
def test_a_file_that_is_no_export_is_named(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(ContentError, match=message) as caught:
        read("azure_devops", tmp_path / name)
    assert name in str(caught.value)
