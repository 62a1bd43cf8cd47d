"""An automation can be triggered by hand, for one task."""

from pathlib import Path

import pytest

from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.operations.automations.trigger import trigger
from clickup_mlops.store import Filter
from tests.flows.conftest import LIST, Team

ACTS = """
on = ["taskMoved"]
when = '"ready" in task.tags'
do = [{ action = "comment", text = "By hand" }]
"""


def test_it_is_evaluated_though_nothing_happened(team: Team, tmp_path: Path) -> None:
    """Its condition holds, and other automations are not asked."""
    team.use(tmp_path, acts=ACTS, other='on = ["taskMoved"]\ndo = [{ action = "route" }]')
    ready, unready = (team.member.create_task(LIST, name) for name in ("a", "b"))
    team.member.tag(ready, "ready")
    team.settle()

    keys = [trigger(team.bot, "acts", task) for task in (ready, unready)]
    team.settle()

    comments = team.bot.client.comments
    assert [len(list(comments.of_task(task))) for task in (ready, unready)] == [1, 0]
    assert team.priority(ready) is None
    (entry,) = team.bot.store.audit.list(Filter(automation="acts"), 5)
    assert entry.cause == keys[0]


@pytest.mark.parametrize(
    ("name", "problem"), [("act", "No automation"), ("idle", "is off"), ("whole", "not for a task")]
)
def test_what_cannot_be_triggered_is_refused(
    team: Team, tmp_path: Path, name: str, problem: str
) -> None:
    """An unknown name, one that is off, one without tasks."""
    off = 'on = ["taskMoved"]\nmode = "off"\ndo = [{ action = "route" }]'
    for_workspace = 'schedule = { cron = "0 9 * * *" }\nper = "workspace"\n'
    posts = 'do = [{ action = "post_chat", channel = "c", text = "x" }]'
    team.use(tmp_path, idle=off, whole=for_workspace + posts)

    with pytest.raises(InputError, match=problem):
        trigger(team.bot, name, "t1")


def test_a_task_that_is_not_there_is_an_error(team: Team, tmp_path: Path) -> None:
    """Its event would be dropped, and nobody would know why nothing happens."""
    team.use(tmp_path, acts='on = ["taskCreated"]\ndo = [{ action = "add_tag", tag = "seen" }]')
    with pytest.raises(NotFound):
        trigger(team.bot, "acts", "86nothere")


def test_one_that_is_for_people_alone_is_triggered_by_nothing_else(
    team: Team, tmp_path: Path
) -> None:
    """`on = ["manual"]`: by a command, and once for each."""
    team.use(
        tmp_path,
        hand_over="""
on = ["manual"]
when = 'event.kind == "manual" && task.open'
do = [{ action = "comment", text = "Handed over", mode = "new" }]
""",
    )
    task = team.member.create_task(LIST, "a run")
    team.member.set_priority(task, "high")
    team.member.tag(task, "ready")
    team.settle()
    assert not list(team.bot.client.comments.of_task(task))

    trigger(team.bot, "hand_over", task)
    team.settle()
    (comment,) = team.bot.client.comments.of_task(task)
    assert "Handed over" in comment.text
