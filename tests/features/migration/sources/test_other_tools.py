"""Asana, Trello, Linear and GitHub: what each of them calls otherwise is where it belongs."""

import json
from pathlib import Path

import pytest

from clickup_mlops import registry
from clickup_mlops.errors import ContentError, NotFound
from clickup_mlops.features.migration import sources
from clickup_mlops.features.migration.records import Asset, SourceLoss
from clickup_mlops.features.migration.sources._files.unread import NOT_READ
from tests.features.migration.sources.reading import SAMPLES, opened, read

ASANA, TRELLO, LINEAR, GITHUB = (
    SAMPLES / "asana",
    SAMPLES / "trello" / "board.json",
    SAMPLES / "linear" / "issues.csv",
    SAMPLES / "github",
)


def test_asana_names_parents_and_dependencies() -> None:
    """Its CSV has no ids for them: a name must be the only one."""
    result = read("asana", ASANA / "project.csv")

    assert [item.id for item in result.items] == ["11", "13", "14", "15", "12"]
    assert result.item("Load test").parent_id == "11"
    assert result.item("Load test").cells["blocked_by"].value == [
        {"item": "13", "type": "FS", "lag_days": 0}
    ]
    assert result.problems == ['line 2: dependency skipped, not exactly one task is called "Twice"']


def test_asana_sections_are_groups_and_completed_is_done() -> None:
    result = read("asana", ASANA / "project.csv")

    assert [group.title for group in result.board.groups] == ["Serving", "Training"]
    assert result.options("Status") == {"Incomplete": False, "Completed": True}
    assert result.types() == {
        "Status": "status",
        "Assignee": "people",
        "Completed At": "date",
        "Start Date": "date",
        "Due Date": "date",
        "Tags": "tags",
        "Blocked by": "dependency",
        "GPU hours": "numbers",
        "Stage": "status",
    }
    assert result.people["ada@x.test"].name == "Ada Lovelace"


def test_asana_json_has_custom_fields_stories_and_subtasks() -> None:
    result = read("asana", ASANA / "project.json")
    item = result.item("Serve llama")

    assert [(item.id, item.parent_id) for item in result.items] == [
        ("11", None),
        ("12", "11"),
        ("16", "12"),
        ("13", None),
    ]
    assert {title: item.cells[id].text for id, title in (("c1", "GPU hours"), ("c2", "Stage"))} == {
        "GPU hours": "10.5",
        "Stage": "Live",
    }
    assert item.cells["c3"].value == ["o2", "o3"]
    (clouds,) = [column for column in result.boards[0].columns if column.title == "Clouds"]
    assert [(option.name, option.active) for option in clouds.options] == [
        ("AWS", True),
        ("GCP", False),
    ]
    assert item.cells["due"].value == {"date": "2026-01-31", "time": "12:00:00"}
    assert item.subscribers == ("2",)
    assert [update.html for update in result.updates] == ["Good &amp; fast"]
    assert [board.name for board in result.boards] == ["Models", "project"]
    absent, without_gid = result.problems
    assert absent.startswith("task 11: subtask 99 skipped, the file has no name of it: export JSON")
    assert without_gid == "project.json, task 3: skipped, it has no gid"


def test_asana_json_loses_nothing_silently(tmp_path: Path) -> None:
    """What waits outside of the file is related; what nobody reads is reported."""
    path = tmp_path / "project.json"
    below = {"gid": "3", "name": "c", "novelty": {"gid": "4", "name": "x"}, "num_subtasks": 2}
    first = {"gid": "1", "name": "a", "dependents": [{"gid": "2"}, {"gid": "9"}]}
    first |= {"novelty": 1, "num_subtasks": 2, "subtasks": [below]}
    second = {"gid": "2", "name": "b", "dependencies": [{"gid": "1"}], "actual_time_minutes": 90}
    path.write_text(json.dumps({"data": [first, second]}))
    reading = read("asana", path)

    assert reading.item("a").cells["blocking"].value == [{"item": "9", "board": "", "name": "9"}]
    assert reading.item("b").cells["actual_time"].value == "1.5"
    assert reading.problems == [
        "task 1: 1 subtask is not in the file",
        "task 3: 2 subtasks are not in the file",
    ]
    assert reading.item("a").losses == (SourceLoss("novelty", NOT_READ, "1"),)
    assert reading.item("c").losses == (SourceLoss("novelty", NOT_READ, '{"name":"x"}'),)


def test_trello_lists_are_groups_in_order() -> None:
    """Archived cards and lists are left out, unless they are asked for."""
    result = read("trello", TRELLO)

    assert result.board.name == "Models"
    assert [group.title for group in result.board.groups] == ["Doing", "Done"]
    assert [(item.name, item.group_id) for item in result.items] == [
        ("Serve", "l1"),
        ("Train", "l2"),
    ]
    assert {item.name for item in read("trello", TRELLO, archived=True).items if item.archived} == {
        "Archived card",
        "On archived list",
    }


def test_trello_cards_have_all_that_is_on_them() -> None:
    card = read("trello", TRELLO).item("Serve")

    assert card.description == "Text\n\n### Before launch\n- [x] first\n- [ ] second"
    assert card.created_ms == 1_704_984_576_000
    assert {id: cell.value for id, cell in card.cells.items() if id != "attachments"} == {
        "status": "Complete",
        "members": [{"id": "m1", "kind": "person"}],
        "start": {"date": "2026-01-02", "time": "00:00:00"},
        "due": {"date": "2026-01-31", "time": "12:00:00"},
        "labels": ["gpu", "blue", "x9"],
        "f1": ["Live"],
        "f2": "8",
        "f9": "?",
    }


def test_trello_labels_and_fields_that_only_a_card_names_are_kept(tmp_path: Path) -> None:
    """An export lists not every label of a large board, and a field may be gone from it."""
    labels = [{"id": "n1", "name": "urgent"}, {"id": "n2", "name": "", "color": "red"}]
    fields = [{"id": "i", "idCustomField": "f9", "value": {"text": "EU"}}]
    card = {"id": "x", "name": "a", "labels": labels, "idLabels": ["n1", "n3"]}
    place = {"locationName": "Lab", "address": "Zurich"}
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"cards": [{**card, **place, "customFieldItems": fields}]}))
    cells = read("trello", path).item("a").cells

    assert cells["labels"].value == ["urgent", "n3", "red"]
    assert (cells["f9"].text, cells["location"].text) == ("EU", "Lab, Zurich")


def test_trello_comments_are_the_oldest_first() -> None:
    result = read("trello", TRELLO)

    assert [(update.id, update.author_name, update.html) for update in result.updates] == [
        ("a1", "Ada Lovelace", "<p>Earlier</p>"),
        ("a2", "Left Us", "<p><strong>Later</strong></p>"),
    ]
    assert result.problems == ['board.json: card "no id" skipped, it has no id']


def test_trello_says_that_old_comments_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    board = {"cards": [{"id": "x", "name": "a"}], "actions": [{}] * 1000}
    path.write_text(json.dumps(board))
    result = read("trello", path)

    assert result.problems == ["b.json: older comments may be missing from Trello's export"]
    assert result.items[0].created_ms is None
    assert (result.board.id, result.board.name) == ("b", "b")


def test_linear_teams_are_boards() -> None:
    result = read("linear", LINEAR)

    assert [(board.id, board.name) for board in result.boards] == [
        ("INF", "Inference"),
        ("TRN", "Training"),
    ]
    assert [item.id for item in result.items] == ["INF-1", "INF-2", "TRN-1"]
    assert len(read("linear", LINEAR, archived=True).items) == 4
    assert result.options("Status") == {"In Progress": False, "Shipped to all": True}
    assert result.problems == ["issues.csv, line 6: skipped, it has no ID"]


def test_linear_issues_have_their_relations() -> None:
    item = read("linear", LINEAR).item("Load test")

    assert item.parent_id == "INF-1"
    assert [entry["item"] for entry in item.cells["blocked_by"].value] == ["INF-1", "INF-3"]
    assert item.cells["related_to"].value == [{"item": "TRN-1", "board": "", "name": "TRN-1"}]
    assert item.cells["project"].value == ["Launch, phase 1"]
    assert item.updated_ms == 1_767_607_200_000


def test_github_issues_of_gh() -> None:
    result = read("github", GITHUB / "gh.json")
    item = result.item("Load test")

    assert (item.id, item.parent_id) == ("acme/models#2", "acme/models#1")
    assert result.people["app/renovate"].kind == "agent"
    assert result.updates[0].html == "<p><strong>Nice</strong> &lt;script&gt;</p>"
    assert result.options("State") == {"Open": False, "Closed as not planned": True}
    assert item.cells["milestone_due"].value == {"date": "2026-03-01", "time": None}
    assert result.board.url == "https://github.com/acme/models"


def test_github_issues_keep_what_is_around_them() -> None:
    """Projects, pull requests, reactions, relations and types; the rest is a counted loss."""
    item = read("github", GITHUB / "every_key_gh.json").item("Serve llama")
    child = read("github", GITHUB / "every_key_gh.json").item("Load test")

    assert (item.parent_id, child.parent_id) == ("acme/models#5", "acme/models#1")
    assert item.cells["project_status"].value == ["In review"]
    assert item.cells["pull_requests"].value == "https://github.com/acme/models/pull/12"
    assert item.cells["reactions"].value == "thumbs_up: 3, rocket: 1"
    assert [entry["item"] for entry in item.cells["blocked_by"].value] == ["acme/models#3"]
    assert [entry["item"] for entry in item.cells["blocking"].value] == ["acme/infra#9"]
    assert sorted(loss.title for loss in item.losses) == [
        "comments.isMinimized",
        "comments.minimizedReason",
        "isPinned",
        "novelty",
    ]


def test_github_issues_of_rest() -> None:
    """Pull requests are no issues; comments are only counted."""
    result = read("github", GITHUB / "rest.json")

    assert [(item.id, item.parent_id) for item in result.items] == [
        ("acme/models#7", None),
        ("acme/models#9", "acme/models#7"),
    ]
    assert result.items[0].cells["labels"].value == ["gpu", "llm"]
    assert result.problems == [
        "acme/models#7: 3 comments are not in the file",
        "rest.json, #8: skipped, it is a pull request",
        "rest.json, issue 4: skipped, it has no number",
        "rest.json, issue 5: skipped, it has no number",
    ]


def test_an_issue_without_an_address_is_on_a_board_named_after_the_file(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text('[{"number": 1, "title": "a", "state": "open"}]')

    assert read("github", path).board.name == "models"


@pytest.mark.parametrize(
    ("kind", "name", "content", "message"),
    [
        ("asana", "a.csv", "Name,Note\nx,y\n", 'no columns "Task ID"'),
        ("asana", "a.json", '{"tasks": []}', 'a list "data"'),
        ("trello", "a.json", "[]", 'no list "cards"'),
        ("linear", "a.csv", "Title\nx\n", "no columns"),
        ("linear", "a.csv", "ID,Title,Status\n", "has no issue"),
        ("github", "a.json", '{"message": "Not Found"}', "no list of issues"),
        ("github", "a.json", "[]", "has no issue"),
        ("github", "a.json", None, "No such file"),
        ("github", "a.json", '["\\ud800"', "is no JSON"),
    ],
)
def test_a_file_that_is_no_export_is_named(
    tmp_path: Path, kind: str, name: str, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ContentError, match=message) as caught:
        read(kind, tmp_path / name)
    assert name in str(caught.value)


def test_json_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickup_mlops.features.migration.sources._files.text.MAX_JSON", 10)
    with pytest.raises(ContentError, match="split the export"):
        read("trello", TRELLO)


def test_links_of_other_tools_cannot_be_opened() -> None:
    """And every source says so."""
    source = opened("trello", TRELLO)

    assert list(source.assets(next(iter(source.boards())))) == []
    with pytest.raises(NotFound):
        source.open(Asset("1", "card.md", "x"))
    source.close()
    for name, kind in registry.find(sources, "SOURCE").items():
        assert kind.missing, name
        assert kind.summary.endswith("."), name
