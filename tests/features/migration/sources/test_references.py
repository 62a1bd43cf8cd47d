"""What a file names without its content is reported, with what has to be exported."""

import json
from pathlib import Path

import pytest

from tests.features.migration.sources.reading import read

REPOSITORY = "https://github.com/acme/ml/issues"
CHILD = "System.LinkTypes.Hierarchy-Forward"
ITEMS = "https://dev.azure.com/acme/_apis/wit/workItems"


@pytest.mark.parametrize(
    ("kind", "content", "problems"),
    [
        pytest.param(
            "asana",
            {
                "data": [
                    {"gid": "1", "name": "a", "subtasks": [{"gid": "2"}, {"gid": "3"}]},
                    {"gid": "3", "name": "whole elsewhere"},
                ]
            },
            [
                "task 1: subtask 2 skipped, the file has no name of it: export JSON in the app, or "
                "ask the API for opt_fields=subtasks.name,subtasks.notes,subtasks.completed"
            ],
            id="asana",
        ),
        pytest.param(
            "asana",
            {"data": [{"gid": "1", "name": "a", "subtasks": [{"name": "b"}, {"gid": "4"}] * 2}]},
            [
                "task 1: 2 subtasks skipped, without a gid",
                "task 1: subtask 4 skipped, the file has no name of it: export JSON in the app, or "
                "ask the API for opt_fields=subtasks.name,subtasks.notes,subtasks.completed",
            ],
            id="asana, no gid",
        ),
        pytest.param(
            "asana",
            {
                "data": [
                    {"gid": "1", "name": "a", "num_subtasks": 3},
                    {"gid": "2", "name": "b", "parent": {"gid": "1"}},
                    {"gid": "3", "name": "c", "parent": {"gid": "1"}},
                ]
            },
            ["task 1: 1 subtask is not in the file"],
            id="asana, subtasks that stand elsewhere",
        ),
        pytest.param(
            "jira",
            {
                "issues": [
                    {
                        "key": "ML-1",
                        "fields": {"summary": "a", "subtasks": [{"key": "ML-2"}, {"key": "ML-3"}]},
                    },
                    {"key": "ML-3", "fields": {"summary": "b", "parent": {"key": "ML-1"}}},
                ]
            },
            ["ML-1: 1 subtask is not in the files: have the JQL include it, such as parent = ML-1"],
            id="jira",
        ),
        pytest.param(
            "azure_devops",
            [
                {
                    "id": 1,
                    "fields": {"System.Title": "a"},
                    "relations": [
                        {"rel": CHILD, "url": f"{ITEMS}/2"},
                        {"rel": CHILD, "url": f"{ITEMS}/3"},
                    ],
                },
                {"id": 3, "fields": {"System.Title": "b", "System.Parent": 1}},
            ],
            ["#1: 1 child is not in the files: get them with workitems?ids=2&$expand=all"],
            id="azure_devops",
        ),
        pytest.param(
            "github",
            [
                {
                    "number": 1,
                    "title": "a",
                    "html_url": f"{REPOSITORY}/1",
                    "sub_issues_summary": {"total": 3},
                },
                {
                    "number": 2,
                    "title": "b",
                    "html_url": f"{REPOSITORY}/2",
                    "parent_issue_url": f"{REPOSITORY}/1",
                },
            ],
            [
                "#1: 2 sub-issues are not in the files: export their repositories too, or ask gh "
                "for --json subIssues"
            ],
            id="github",
        ),
        pytest.param(
            "github",
            [
                {
                    "number": 1,
                    "title": "a",
                    "url": f"{REPOSITORY}/1",
                    "subIssuesSummary": {"total": 1},
                }
            ],
            [
                "#1: 1 sub-issue is not in the files: export their repositories too, or ask gh "
                "for --json subIssues"
            ],
            id="github, by gh",
        ),
        pytest.param(
            "trello",
            {
                "cards": [
                    {
                        "id": "c1",
                        "name": "a",
                        "idChecklists": ["k1", "k2"],
                        "badges": {"comments": 2, "attachments": 1},
                    }
                ],
                "checklists": [{"id": "k2", "idCard": "c1", "name": "Steps"}],
            },
            [
                'card "a": 1 checklist is not in the file: export the board in its menu, or ask '
                "the API for checklists=all",
                'card "a": 2 comments are not in the file: export the board in its menu, or ask '
                "the API for actions=commentCard",
                'card "a": 1 attachment is not in the file: export the board in its menu, or ask '
                "the API for card_attachments=true",
            ],
            id="trello",
        ),
    ],
)
def test_a_reference_without_content_is_a_counted_loss(
    kind: str, content: object, problems: list[str], tmp_path: Path
) -> None:
    """Never silent; what the file has elsewhere is no loss."""
    path = tmp_path / "export.json"
    path.write_text(json.dumps(content))

    assert read(kind, path).problems == problems


def test_a_subtask_that_stands_elsewhere_in_an_asana_file_keeps_its_parent(tmp_path: Path) -> None:
    """The parent names it by its gid alone."""
    path = tmp_path / "export.json"
    tasks = [{"gid": "2", "name": "b"}, {"gid": "1", "name": "a", "subtasks": [{"gid": "2"}]}]
    path.write_text(json.dumps({"data": tasks}))

    assert read("asana", path).item("b").parent_id == "1"
