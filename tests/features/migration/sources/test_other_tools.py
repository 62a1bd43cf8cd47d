"""Asana, Trello, Linear and GitHub: what each of them calls otherwise is where it belongs."""

import json
from pathlib import Path

import pytest

from clickup_mlops import registry
from clickup_mlops.errors import ContentError, NotFound
from clickup_mlops.features.migration import sources
from clickup_mlops.features.migration.records import Asset
from tests.features.migration.sources.reading import SAMPLES, opened, read

ASANA, TRELLO, LINEAR, GITHUB = (
    SAMPLES / "asana",
    SAMPLES / "trello" / "board.json",
    SAMPLES / "linear" / "issues.csv",
    SAMPLES / "github",
)


def test_asana_names_parents_and_dependencies() -> None:
    """Its CSV has no ids for them: a name must be the only one."""
    found = read("asana", ASANA / "project.csv")

    assert [one.id for one in found.items] == ["11", "13", "14", "15", "12"]
    assert found.item("Load test").parent_id == "11"
    assert found.item("Load test").cells["blocked_by"].value == [
        {"item": "13", "type": "FS", "lag_days": 0}
    ]
    assert found.problems == ['line 2: dependency skipped, not exactly one task is called "Twice"']


def test_asana_sections_are_groups_and_completed_is_done() -> None:
    found = read("asana", ASANA / "project.csv")

    assert [one.title for one in found.board.groups] == ["Serving", "Training"]
    assert found.options("Status") == {"Incomplete": False, "Completed": True}
    assert found.types() == {
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
    assert found.people["ada@x.test"].name == "Ada Lovelace"


def test_asana_json_has_custom_fields_stories_and_subtasks() -> None:
    found = read("asana", ASANA / "project.json")
    item = found.item("Serve llama")

    assert [(one.id, one.parent_id) for one in found.items] == [
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
    (clouds,) = [one for one in found.boards[0].columns if one.title == "Clouds"]
    assert [(one.name, one.active) for one in clouds.options] == [("AWS", True), ("GCP", False)]
    assert item.cells["due"].value == {"date": "2026-01-31", "time": "12:00:00"}
    assert item.subscribers == ("2",)
    assert [one.html for one in found.updates] == ["Good &amp; fast"]
    assert [one.name for one in found.boards] == ["Models", "project"]
    assert found.problems == ["project.json, task 3: skipped, it has no gid"]


def test_trello_lists_are_groups_in_order() -> None:
    """Archived cards and lists are left out, unless they are asked for."""
    found = read("trello", TRELLO)

    assert found.board.name == "Models"
    assert [one.title for one in found.board.groups] == ["Doing", "Done"]
    assert [(one.name, one.group_id) for one in found.items] == [("Serve", "l1"), ("Train", "l2")]
    assert {one.name for one in read("trello", TRELLO, archived=True).items if one.archived} == {
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
        "labels": ["gpu", "blue"],
        "f1": ["Live"],
        "f2": "8",
    }


def test_trello_comments_are_the_oldest_first() -> None:
    found = read("trello", TRELLO)

    assert [(one.id, one.author_name, one.html) for one in found.updates] == [
        ("a1", "Ada Lovelace", "<p>Earlier</p>"),
        ("a2", "Left Us", "<p><strong>Later</strong></p>"),
    ]
    assert found.problems == ['board.json: card "no id" skipped, it has no id']


def test_trello_says_that_old_comments_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    board = {"cards": [{"id": "x", "name": "a"}], "actions": [{}] * 1000}
    path.write_text(json.dumps(board))
    found = read("trello", path)

    assert found.problems == ["b.json: older comments may be missing from Trello's export"]
    assert found.items[0].created_ms is None
    assert (found.board.id, found.board.name) == ("b", "b")


def test_linear_teams_are_boards() -> None:
    found = read("linear", LINEAR)

    assert [(one.id, one.name) for one in found.boards] == [
        ("INF", "Inference"),
        ("TRN", "Training"),
    ]
    assert [one.id for one in found.items] == ["INF-1", "INF-2", "TRN-1"]
    assert len(read("linear", LINEAR, archived=True).items) == 4
    assert found.options("Status") == {"In Progress": False, "Shipped to all": True}
    assert found.problems == ["issues.csv, line 6: skipped, it has no ID"]


def test_linear_issues_have_their_relations() -> None:
    item = read("linear", LINEAR).item("Load test")

    assert item.parent_id == "INF-1"
    assert [one["item"] for one in item.cells["blocked_by"].value] == ["INF-1", "INF-3"]
    assert item.cells["related_to"].value == [{"item": "TRN-1", "board": "", "name": "TRN-1"}]
    assert item.cells["project"].value == ["Launch, phase 1"]
    assert item.updated_ms == 1_767_607_200_000


def test_github_issues_of_gh() -> None:
    found = read("github", GITHUB / "gh.json")
    item = found.item("Load test")

    assert (item.id, item.parent_id) == ("acme/models#2", "acme/models#1")
    assert found.people["app/renovate"].kind == "agent"
    assert found.updates[0].html == "<p><strong>Nice</strong> &lt;script&gt;</p>"
    assert found.options("State") == {"Open": False, "Closed as not planned": True}
    assert item.cells["milestone_due"].value == {"date": "2026-03-01", "time": None}
    assert found.board.url == "https://github.com/acme/models"


def test_github_issues_of_rest() -> None:
    """Pull requests are no issues; comments are only counted."""
    found = read("github", GITHUB / "rest.json")

    assert [(one.id, one.parent_id) for one in found.items] == [
        ("acme/models#7", None),
        ("acme/models#9", "acme/models#7"),
    ]
    assert found.items[0].cells["labels"].value == ["gpu", "llm"]
    assert found.problems == [
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
