"""What tools remember of their items: changes of status and assignee, and releases."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
import requests

from clickup_mlops.features.migration.history import Change, Remembers
from clickup_mlops.features.migration.source import Selection, Source
from clickup_mlops.features.migration.sources.monday import SOURCE as MONDAY
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.sandbox.monday import MondaySandbox
from tests.features.migration.sources.reading import opened

T0, T1 = 1_767_225_600_000, 1_767_312_000_000
"""2026-01-01 and 2026-01-02."""
AT0, AT1 = "2026-01-01T00:00:00.000+0000", "2026-01-02T00:00:00.000+0000"


def history(source: Source) -> list[Change]:
    assert isinstance(source, Remembers)
    changes = [change for board in source.boards() for change in source.history(board)]
    return sorted(changes, key=lambda change: (change.at_ms, change.field, change.item_id))


def written(folder: Path, name: str, content: object) -> Path:
    (file := folder / name).write_text(json.dumps(content), encoding="utf-8")
    return file


def test_jira_remembers_with_a_changelog(tmp_path: Path) -> None:
    """Names of statuses, ids of people; a released version is the end of its issues."""
    ada, bob = ({"accountId": id, "displayName": id.title()} for id in ("ada", "bob"))
    items = [
        {"field": "status", "from": "1", "fromString": "To Do", "to": "2", "toString": "Doing"},
        {"field": "assignee", "from": "ada", "fromString": "Ada", "to": "bob", "toString": "Bob"},
        {"field": "labels", "fromString": "", "toString": "gpu"},
    ]
    fields = {
        "summary": "Serve",
        "created": AT0,
        "assignee": bob,
        "status": {"name": "Doing"},
        "fixVersions": [{"name": "v1", "released": True, "releaseDate": "2026-01-02"}],
    }
    log = {"total": 3, "histories": [{"created": AT0, "author": ada, "items": items}]}
    issue = {"key": "ML-1", "fields": fields, "changelog": log}
    source = opened("jira", written(tmp_path, "issues.json", {"issues": [issue]}))

    assert history(source) == [
        Change("ML-1", T0, "assignee", "ada", "bob", "ada"),
        Change("ML-1", T0, "status", "To Do", "Doing", "ada"),
        Change("ML-1", T1, "release", "", "v1", ""),
    ]
    assert any("ML-1: 2 changes are not in the file" in line for line in source.problems)


@pytest.mark.parametrize("inside", [True, False], ids=["timeline", "events of the repository"])
def test_github_remembers_what_its_events_say(tmp_path: Path, inside: bool) -> None:
    address = "https://api.github.com/repos/acme/models/issues/7"
    ada = {"login": "ada"}
    events = [
        {"event": "closed", "actor": ada, "created_at": "2026-01-01T00:00:00Z"},
        {"event": "assigned", "actor": ada, "assignee": ada, "created_at": "2026-01-02T00:00:00Z"},
        {"event": "labeled", "actor": ada, "created_at": "2026-01-02T00:00:00Z"},
    ]
    issue = {
        "number": 7,
        "title": "Serve",
        "state": "closed",
        "url": address,
        "html_url": "https://github.com/acme/models/issues/7",
        "milestone": {"title": "v1", "closed_at": "2026-01-02T00:00:00Z"},
    }
    if inside:
        files = [written(tmp_path, "issues.json", [issue | {"timeline": events}])]
    else:
        pages = [[event | {"issue": {"number": 7, "url": address}} for event in events]]
        files = [written(tmp_path, "issues.json", [issue]), written(tmp_path, "log.json", pages)]

    assert history(opened("github", *files)) == [
        Change("acme/models#7", T0, "status", "Open", "Closed", "ada"),
        Change("acme/models#7", T1, "assignee", "", "ada", "ada"),
        Change("acme/models#7", T1, "release", "", "v1", ""),
    ]


def test_trello_remembers_moves_and_members(tmp_path: Path) -> None:
    card = {"id": "65a000000000000000000001", "name": "Serve", "idList": "l2"}
    moved = {"card": card, "listBefore": {"name": "Doing"}, "listAfter": {"name": "Done"}}
    actions = [
        ("updateCard", "2026-01-02T00:00:00.000Z", moved),
        ("updateCard", "2026-01-02T00:00:00.000Z", {"card": card, "old": {"pos": 1}}),
        ("addMemberToCard", "2026-01-01T00:00:00.000Z", {"card": card, "idMember": "m1"}),
    ]
    board = {
        "id": "b",
        "name": "Board",
        "members": [{"id": "m1", "fullName": "Ada"}],
        "lists": [{"id": "l2", "name": "Done", "pos": 1}],
        "cards": [card],
        "actions": [
            {"type": kind, "date": date, "data": data, "memberCreator": {"id": "m1"}}
            for kind, date, data in actions
        ],
    }
    assert history(opened("trello", written(tmp_path, "board.json", board))) == [
        Change(card["id"], T0, "assignee", "", "m1", "m1"),
        Change(card["id"], T1, "status", "Doing", "Done", "m1"),
    ]


def test_asana_remembers_its_stories(tmp_path: Path) -> None:
    ada = {"gid": "1", "name": "Ada"}
    sections = {"old_section": {"name": "To do"}, "new_section": {"name": "Doing"}}
    stories: Iterable[dict[str, object]] = [
        {"resource_subtype": "section_changed", "created_at": "2026-01-01T00:00:00Z"} | sections,
        {"resource_subtype": "assigned", "created_at": "2026-01-01T00:00:00Z", "assignee": ada},
        {"resource_subtype": "marked_complete", "created_at": "2026-01-02T00:00:00Z"},
    ]
    task = {
        "gid": "11",
        "name": "Serve",
        "stories": [{"created_by": ada, **story} for story in stories],
    }
    result = history(opened("asana", written(tmp_path, "project.json", {"data": [task]})))

    assert [
        (change.at_ms, change.field, change.before, change.after, change.actor) for change in result
    ] == [
        (T0, "assignee", "", "1", "1"),
        (T0, "status", "To do", "Doing", "1"),
        (T1, "status", "Incomplete", "Completed", "1"),
    ]


def test_linear_remembers_when_work_began_and_ended(tmp_path: Path) -> None:
    file = tmp_path / "issues.csv"
    file.write_text(
        "ID,Team,Title,Status,Created,Started,Completed\n"
        "INF-1,Inference,Serve,Shipped,2025-12-30T00:00:00.000Z,2026-01-01T00:00:00.000Z,"
        "2026-01-02T00:00:00.000Z\n"
    )
    result = history(opened("linear", file))

    assert [(change.at_ms, change.before, change.after) for change in result] == [
        (T0, "Created", "Started"),
        (T1, "Started", "Shipped"),
    ]


def test_an_export_without_history_gives_none(tmp_path: Path) -> None:
    """Which is no error: what cannot be said is unknown."""
    issue = {"key": "ML-1", "fields": {"summary": "Serve", "status": {"name": "Doing"}}}

    assert history(opened("jira", written(tmp_path, "issues.json", {"issues": [issue]}))) == []


@pytest.mark.monday_sandbox(seed="ai_ml")
def test_monday_remembers_in_its_activity_log(monday_sandbox: MondaySandbox) -> None:
    """The log says which item got which status, by whom."""
    settings = MondaySettings(token=monday_sandbox.token, base_url=monday_sandbox.url)
    source = MONDAY.open(Selection(), settings)
    boards = list(source.boards())
    board, column, item = next(
        (board, column, item)
        for board in boards
        for column in board.columns
        if column.type == "status"
        for item in source.items(board)
    )
    chosen = [option for option in column.options if option.name][-1]
    query = (
        f"mutation {{ change_simple_column_value(board_id: {board.id}, item_id: {item.id}, "
        f'column_id: "{column.id}", value: "{chosen.name}") {{ id }} }}'
    )
    answer = requests.post(
        f"{monday_sandbox.url}/v2",
        json={"query": query},
        headers={"Authorization": monday_sandbox.token},
        timeout=10,
    )
    assert "errors" not in answer.json()
    assert isinstance(source, Remembers)

    last = next(change for change in source.history(board) if change.item_id == item.id)
    source.close()

    assert (last.field, last.after) == ("status", chosen.name)
    assert last.actor
