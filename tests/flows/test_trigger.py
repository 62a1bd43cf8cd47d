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
