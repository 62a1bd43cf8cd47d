"""Jira's CSV (columns with several values repeat) and JSON."""

import json
import time
from pathlib import Path

import pytest

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import SourceLoss
from clickup_mlops.features.migration.sources._files.markup import markdown_of_wiki
from clickup_mlops.features.migration.sources._files.unread import NOT_READ
from tests.features.migration.sources.reading import SAMPLES, Everything, read

CSV, JSON = SAMPLES / "jira" / "issues.csv", SAMPLES / "jira" / "issues.json"


@pytest.fixture(params=[CSV, JSON], ids=["csv", "json"])
def export(request: pytest.FixtureRequest) -> Everything:
    return read("jira", request.param)


def values(export: Everything, name: str = "Tune the batch size") -> dict[str, object]:
    """The values of an item by column title."""
    titles = {column.id: column.title for board in export.boards for column in board.columns}
    return {titles[id]: cell.value for id, cell in export.item(name).cells.items()}


def test_a_parent_comes_before_its_subtask(export: Everything) -> None:
    """Though it stands behind it in the file."""
    assert [item.id for item in export.items][:2] == ["ML-1", "ML-2"]
    assert export.item("Tune the batch size").parent_id == "ML-1"
    assert (export.boards[0].id, export.boards[0].name) == ("ML", "Model serving")
    assert export.boards[0].multi_level


def test_the_status_category_says_what_is_done(export: Everything) -> None:
    assert export.options("Status") == {"In Production": True, "To Do": False}


def test_fields_of_jira_have_their_types(export: Everything) -> None:
    """Custom fields are typed by their values."""
    value = values(export)

    assert value["Priority"] == "High"
    assert value["Issue Type"] == ["Sub-task"]
    assert value["Assignee"] == [{"id": "acc-2", "kind": "person"}]
    assert value["Due date"] == {"date": "2025-03-20", "time": None}
    assert value["Labels"] == ["gpu", "llm"]
    assert value["Sprint"] == ["Sprint 1", "Sprint 2"]
    assert value["Story Points"] == "3"
    assert value["GPU type"] == "A100"
    assert value["Original Estimate (hours)"] == "1"


def test_links_are_dependencies_or_connections(export: Everything) -> None:
    """A dependency is at the issue that waits, and not again at the other."""
    value = values(export)

    assert value["Blocked by"] == [{"item": "ML-1", "type": "FS", "lag_days": 0}]
    assert value["Relates"] == [{"item": "OPS-1", "board": "OPS", "name": "OPS-1"}]
    assert not {"Blocked by", "Blocks"} & set(values(export, "Serve the model"))


def test_logged_work_is_tracked_time(export: Everything) -> None:
    assert values(export)["Time Spent"] == {
        "seconds": 7200,
        "running": False,
        "entries": [
            {
                "from_ms": 1_741_795_200_000,
                "to_ms": 1_741_798_800_000,
                "person": "acc-2",
                "manual": True,
                "text": "first try",
            }
        ],
    }


def test_attachments_are_links(export: Everything) -> None:
    (file,) = values(export)["Attachments"]  # type: ignore[misc]

    assert file["url"] == "https://jira.test/a/1"
    assert file["name"] in ("log; part 1.txt", "log.txt")


def test_people_are_known_by_account(export: Everything) -> None:
    assert export.people["acc-2"].name == "Grace Hopper"
    assert export.item("Tune the batch size").creator == "acc-1"


def test_comments_repeat_as_columns() -> None:
    """Equal ones stay two; text in no such form is kept whole."""
    result = read("jira", CSV)

    assert [(update.html, update.author_name, update.created_ms) for update in result.updates] == [
        ("<p>no date here</p>", "", None),
        ("<p>Twice; really</p>", "Grace Hopper", 1_741_798_800_000),
        ("<p>Twice; really</p>", "Grace Hopper", 1_741_798_800_000),
    ]
    assert len({update.id for update in result.updates}) == 3


def test_wiki_markup_becomes_markdown() -> None:
    """Code stays untouched."""
    assert read("jira", CSV).item("Tune the batch size").description == (
        "## Goal\n**Faster** than `v1`\n- first\n   - second\n\n```python\na * b * c\n```\n\n"
        "See [the card](https://x.test/card) @acc-1"
    )


@pytest.mark.parametrize(
    "begun", ["{{a", "{code:a", "{code:a}", "[a", "[a|b:c|", "[http://", "[~a"]
)
def test_markup_that_only_begins_is_read_soon(begun: str) -> None:
    """Also if it begins again and again."""
    text, began = begun * (100_000 // len(begun)), time.process_time()
    assert markdown_of_wiki(text) == text
    assert time.process_time() - began < 1


def test_a_document_becomes_markdown() -> None:
    text = read("jira", JSON).item("Tune the batch size").description

    for part in (
        "## Goal",
        "- first\n  1. inner",
        "```python\na * b\n```",
        "> said",
        "---",
        "- [x] ready",
        "| GPU |\n| --- |\n| A100 |",
        "@Ada\n:rocket:<https://x.test>OK[card](https://x.test/card)",
    ):
        assert part in text


def test_comments_of_json_keep_author_and_edit() -> None:
    first, second = read("jira", JSON).updates

    assert first.html == "<p><strong>Well done</strong></p>"
    assert (first.author, first.edited_ms) == ("acc-2", 1_741_802_400_000)
    assert second.html == "<p>plain <strong>wiki</strong></p>"
    assert second.edited_ms is None


def test_custom_fields_of_json_are_named_and_typed() -> None:
    result = read("jira", JSON)
    value = values(result)

    assert value["Approvers"] == [{"id": "acc-1", "kind": "person"}]
    assert value["Region"] == "EU / Zurich"
    assert value["Notes"] == "note"
    assert "customfield_9" in result.types()
    assert not result.people["acc-1"].active
    assert result.people["bot"].kind == "agent"


def test_what_is_missing_is_reported() -> None:
    assert read("jira", JSON).problems == [
        "ML-2: 1 comment is not in the file",
        "issues.json, issue 3: skipped, no key or no fields",
        "issues.json, issue 4: skipped, no key or no fields",
    ]
    assert read("jira", CSV).problems == [
        "issues.csv, line 12: skipped, it has no issue key",
        'OPS-1: no time of creation, "last week" is no date',
    ]


def test_an_export_in_several_files_is_one_board(tmp_path: Path) -> None:
    """Jira exports 1,000 issues a file."""
    head = "Summary,Issue key,Issue id,Parent id\n"
    (tmp_path / "1.csv").write_text(head + "Child,ML-2,2,1\n")
    (tmp_path / "2.csv").write_text(head + "Parent,ML-1,1,\n")
    result = read("jira", tmp_path / "1.csv", tmp_path / "2.csv")

    assert [(item.id, item.parent_id) for item in result.items] == [
        ("ML-1", None),
        ("ML-2", "ML-1"),
    ]


def test_work_that_is_logged_in_no_known_form_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "1.csv"
    path.write_text("Summary,Issue key,Log Work,Log Work\na,M-1,hello,;12/Mar/25 4:00 PM;ada;60\n")

    assert values(read("jira", path), "a")["Time Spent"]["seconds"] == 60  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "Name,Other\nx,y\n", 'no columns "Summary"'),
        ("a.csv", "", "is empty"),
        ("a.csv", "Summary,Issue key\n", "has no issue"),
        ("a.json", "{", "is no JSON"),
        ("a.json", '{"data": []}', 'no list "issues"'),
        ("a.json", "[]", "has no issue"),
    ],
)
def test_a_file_that_is_no_export_is_named(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ContentError, match=message) as caught:
        read("jira", tmp_path / name)
    assert name in str(caught.value)


def test_a_comment_that_was_edited_stays_the_same(tmp_path: Path) -> None:
    """The CSV has no ids of comments: time and author say which one it is."""
    path = tmp_path / "issues.csv"
    ids = []
    for text in ("Works", "Works now"):
        comments = f"01/Jun/26 9:00 AM;ada;{text},01/Jun/26 9:00 AM;ada;Twice"
        path.write_text(f"Summary,Issue key,Comment,Comment\nServe,ML-1,{comments}\n")
        ids.append([update.id for update in read("jira", path).updates])

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


def test_an_issue_of_two_boards_is_reported(tmp_path: Path) -> None:
    """It was moved: an older file still has it in another project. The first file counts."""
    files = []
    for name, project in (("new", "OPS"), ("old", "ML")):
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_text(f"Summary,Issue key,Project key\nServe,ML-1,{project}\n")
    result = read("jira", *files)

    assert [item.board_id for item in result.items] == ["OPS"]
    assert result.problems == ["ML, ML-1: skipped, it is on another board too: ML-1"]


def test_a_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text('Summary,Issue key,Status\n"Serve,ML-1,Done\n')
    with pytest.raises(ContentError, match=r"has no issue: .* is the file whole"):
        read("jira", path)


def test_a_link_counts_that_only_the_blocking_issue_names(tmp_path: Path) -> None:
    """What waits may be in the files or not."""
    path = tmp_path / "issues.csv"
    link = "Outward issue link (Blocks)"
    path.write_text(f"Summary,Issue key,{link},{link}\nServe,ML-1,ML-2,OPS-9\nTest,ML-2,,\n")
    export = read("jira", path)

    waiting = {"item": "ML-1", "type": "FS", "lag_days": 0}
    assert values(export, "Test") == {"Blocked by": [waiting]}
    assert values(export, "Serve") == {
        "Blocks": [{"item": "OPS-9", "board": "OPS", "name": "OPS-9"}]
    }


def test_json_links_count_that_only_the_blocking_issue_names(tmp_path: Path) -> None:
    path = tmp_path / "issues.json"
    links = [
        {"type": {"name": "Blocks"}, "outwardIssue": {"key": key}} for key in ("ML-2", "OPS-9")
    ]
    issues = [
        {"key": "ML-1", "fields": {"summary": "Serve", "issuelinks": links}},
        {"key": "ML-2", "fields": {"summary": "Test"}},
    ]
    path.write_text(json.dumps({"issues": issues}))
    export = read("jira", path)

    assert [link["item"] for link in values(export, "Test")["Blocked by"]] == ["ML-1"]  # type: ignore[attr-defined]
    assert [link["item"] for link in values(export, "Serve")["Blocks"]] == ["OPS-9"]  # type: ignore[attr-defined]


def test_an_epic_is_the_parent(tmp_path: Path) -> None:
    """Data Center names it in a custom field; that of a sub-task is its parent's."""
    head = "Summary,Issue key,Issue id,Parent id,Custom field (Epic Link)\n"
    path = tmp_path / "issues.csv"
    path.write_text(f"{head}Load test,ML-3,3,2,ML-1\nServe,ML-2,2,,ML-1\nLaunch,ML-1,1,,\n")
    json_path = tmp_path / "issues.json"
    fields = {"summary": "Serve", "customfield_1": "ML-1"}
    issues = [
        {"key": "ML-1", "fields": {"summary": "Launch"}},
        {"key": "ML-2", "fields": fields},
    ]
    content = {"names": {"customfield_1": "Epic Link"}, "issues": issues}
    json_path.write_text(json.dumps(content))

    for export in (read("jira", path), read("jira", json_path)):
        assert export.item("Serve").parent_id == "ML-1"
        assert "Epic Link" not in values(export, "Serve")
    assert read("jira", path).item("Load test").parent_id == "ML-2"
    assert values(read("jira", path), "Load test") == {"Epic Link": "ML-1"}


def test_json_fields_that_nobody_reads_are_reported(tmp_path: Path) -> None:
    """Nothing is left out silently: fields that Jira adds, and logged work beyond the first 20."""
    path = tmp_path / "issues.json"
    fields = {"summary": "Serve", "novelty": {"a": 1}, "worklog": {"total": 21, "worklogs": []}}
    path.write_text(json.dumps({"issues": [{"key": "ML-1", "fields": fields}], "total": 3}))
    result = read("jira", path)

    assert result.problems == [
        "2 issues are not in the files: save the next pages of the search too",
        "ML-1: 21 work logs are not in the file",
    ]
    assert result.item("Serve").losses == (SourceLoss("novelty", NOT_READ, '{"a":1}'),)
