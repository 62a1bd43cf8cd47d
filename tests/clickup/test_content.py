"""Comments, files and goals as values."""

from pathlib import Path

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import Attachment, Comment
from clickup_mlops.clickup.goals import Goal, parse_folder
from clickup_mlops.errors import InputError
from clickup_mlops.sandbox import Sandbox


def test_a_comment_keeps_whom_it_is_assigned_to(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """As the task's comments show it."""
    maria = clickup_sandbox.control.member("Maria").id
    task = clickup.tasks.create(list_id, "x")
    clickup.comments.add(task.id, "check the p99", assignee=maria)

    (comment,) = clickup.comments.of_task(task.id)
    assert comment.assignee is not None
    assert (comment.assignee.id, comment.reactions) == (maria, ())


def test_a_comment_keeps_its_reactions() -> None:
    """As they are on the wire."""
    reactions = [{"reaction": "eyes", "user": {"id": 1}}]
    assert Comment.parse({"id": "1", "reactions": reactions}).reactions == tuple(reactions)


def test_a_file_keeps_size_and_type(
    clickup: ClickUp, clickup_sandbox: Sandbox, list_id: str
) -> None:
    """In the listing (v3) and in the task (v2); the answer to an upload has neither."""
    task = clickup.tasks.create(list_id, "x")
    uploaded = clickup.attachments.add(task.id, "loss.csv", b"1,2")
    (listed,) = clickup.attachments.of_task(clickup_sandbox.team_id, task.id)
    (on_task,) = map(Attachment.parse, clickup.tasks.get(task.id).raw["attachments"])

    assert (uploaded.size, uploaded.media_type) == (None, "")
    assert [(attachment.size, attachment.media_type) for attachment in (listed, on_task)] == [
        (3, "text/csv")
    ] * 2


def test_a_file_is_attached_by_its_path(clickup: ClickUp, list_id: str, tmp_path: Path) -> None:
    """Its name is the file's, or another one; a file that is not there is named."""
    task, path = clickup.tasks.create(list_id, "x"), tmp_path / "loss.csv"
    path.write_bytes(b"1,2")
    clickup.attachments.add(task.id, path)
    clickup.attachments.add(task.id, "curve.csv", path)
    attached = map(Attachment.parse, clickup.tasks.get(task.id).raw["attachments"])

    assert {attachment.size for attachment in attached} == {3}
    with pytest.raises(InputError, match=r"nosuch\.csv: No such file"):
        clickup.attachments.add(task.id, tmp_path / "nosuch.csv")
    with pytest.raises(InputError, match="content"):
        clickup.attachments.add(task.id, "loss.csv")


@pytest.mark.parametrize("name", ["https://[", "a]://b[.csv", "a.tar.gz", "x", "é .png"])
def test_a_file_may_have_any_name(clickup: ClickUp, list_id: str, name: str) -> None:
    """Its type follows from the end of the name only."""
    task = clickup.tasks.create(list_id, "x")
    clickup.attachments.add(task.id, name, b"1,2")
    (attachment,) = clickup.tasks.get(task.id).raw["attachments"]
    assert attachment["title"]


def test_a_goal_comes_with_its_key_results() -> None:
    """Times are numbers, Lists are called subcategories."""
    result = {"id": "k", "goal_id": "g", "name": "p99", "type": "number", "unit": "ms"}
    result |= {"percent_completed": None, "subcategory_ids": ["9"], "owners": [{"id": 1}]}
    raw = {"id": "g", "name": "Faster", "due_date": "1568036964079", "key_results": [result]}
    goal = Goal.parse(raw | {"percent_completed": 0.5, "owners": [{"id": 1, "username": "M"}]})

    assert (goal.due_ms, goal.percent_completed) == (1_568_036_964_079, 0.5)
    assert [owner.username for owner in goal.owners] == ["M"]
    (key_result,) = goal.key_results
    assert (key_result.kind, key_result.unit, key_result.list_ids, key_result.completed) == (
        "number",
        "ms",
        ("9",),
        False,
    )
    assert [parsed_goal.id for parsed_goal in parse_folder({"id": "f", "goals": [raw]})] == ["g"]
